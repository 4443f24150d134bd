import {
  backoffMs,
  errorCode,
  errorMessage,
  isLunaError,
  isRetryableHttpError,
  LunaError,
  sleep,
  type RandomSource,
} from '@luna-iems/service-kit';
import {
  claimIngestJob,
  finishIngestJob,
  readIngestJob,
  releaseIngestJob,
  updateIngestJob,
  type ClaimedJob,
  type IngestEnd,
  type IngestJob,
  type IngestOutcome,
  type Lease,
} from '@luna-iems/tenant-db';
import { createGate } from './gate.ts';
import { giveUpVersion, processJob, type PipelineDeps } from './pipeline.ts';

export interface WorkerDeps extends PipelineDeps {
  /** Names this process among all that work on the queue. */
  name: string;
  leaseSeconds: number;
  concurrency: number;
  random: RandomSource;
  /** Counts the ends of jobs, and their retries. */
  count: (outcome: string) => void;
  /** Told that a job is no longer at work here: it has ended, or will be tried again. */
  ended: (jobId: string) => void;
  /** Throws while a part that ingest needs is away; no job is taken then, so none uses up its attempts. */
  ready: () => Promise<void>;
}

export interface IngestWorker {
  /** Looks for work now instead of at the next poll. */
  wake(): void;
  /** Resolves when all loops have ended after `signal` was aborted; interrupted jobs are given back. */
  run(signal: AbortSignal): Promise<void>;
}

const POLL_MS = 1_000;
/** Tries of one job before it is put aside; a document that kills its reader must not do so for ever. */
const MAX_ATTEMPTS = 8;

/** Errors that say something about the document and not about the moment. */
function isFinal(error: unknown): boolean {
  return error instanceof LunaError && error.status === 422;
}

/** Parts that are away or have too much to do come back; waiting for them does not count as an attempt. */
function isAway(error: unknown): boolean {
  if (isRetryableHttpError(error, false)) return true;
  const code = errorCode(error) ?? '';
  return ['LUNA_DB_UNREACHABLE', 'LUNA_VECTOR_STORE_UNREACHABLE', 'LUNA_EMBEDDING_NOT_READY'].includes(code);
}

interface Attempt {
  deps: WorkerDeps;
  job: IngestJob;
  lease: Lease;
}

/** The file broke its reader; the second time nothing else was being read that could have been to blame. */
const isStrike = (error: unknown): boolean => isLunaError(error, 'LUNA_EXTRACTION_FAILED');

function failureOf(job: IngestJob, error: unknown): Pick<IngestOutcome, 'errorCode' | 'error'> & { state: IngestEnd } {
  if (isStrike(error) && job.strikes > 0) {
    return {
      state: 'quarantined',
      errorCode: 'LUNA_DOCUMENT_QUARANTINED',
      error:
        'The document was put aside: twice, the second time alone, text extraction broke down over it or took too long.',
    };
  }
  if (isLunaError(error, 'LUNA_INGEST_GAVE_UP')) {
    return {
      state: 'quarantined',
      errorCode: error.code,
      error: `The document was put aside: ${MAX_ATTEMPTS} times the service ended while it was at work on it.`,
    };
  }
  if (isFinal(error)) return { state: 'failed', errorCode: errorCode(error), error: (error as Error).message };
  return {
    state: 'failed',
    errorCode: errorCode(error) ?? 'LUNA_INGEST_FAILED',
    error: `The document could not be ingested after ${job.attempts} attempts.`,
  };
}

async function finishFailed({ deps, job, lease }: Attempt, error: unknown): Promise<void> {
  const current = (await readIngestJob(deps.db, job.jobId)) ?? job;
  if (current.itemId !== null && current.version !== null) await giveUpVersion(deps, current.itemId, current.version);
  const outcome = failureOf(job, error);
  await finishIngestJob(deps.db, job.jobId, lease.worker, outcome);
  deps.count(outcome.state);
  deps.log.warn({ jobId: job.jobId, state: outcome.state, code: outcome.errorCode, err: error }, 'ingest failed');
}

async function giveBack({ deps, job, lease }: Attempt, error: unknown): Promise<void> {
  const away = isAway(error);
  const delayMs = backoffMs(job.attempts, { minMs: 1_000, maxMs: 30_000, random: deps.random });
  await releaseIngestJob(deps.db, job.jobId, lease.worker, {
    delayMs,
    errorCode: errorCode(error) ?? 'LUNA_INGEST_FAILED',
    error: 'The document will be tried again.',
    countAttempt: !away,
    strike: isStrike(error),
  });
  deps.count('retried');
  deps.log.info(
    { jobId: job.jobId, delayMs: Math.round(delayMs), reason: errorMessage(error) },
    'ingest will be tried again',
  );
}

async function onFailure(attempt: Attempt, error: unknown, stopping: boolean): Promise<void> {
  const { deps, job, lease } = attempt;
  if (isLunaError(error, 'LUNA_INGEST_LEASE_LOST')) return;
  if (stopping) {
    await releaseIngestJob(deps.db, job.jobId, lease.worker, { delayMs: 0, countAttempt: false });
    return;
  }
  const spent = job.attempts >= MAX_ATTEMPTS && !isAway(error);
  const final = isFinal(error) || spent || (isStrike(error) && job.strikes > 0);
  await (final ? finishFailed(attempt, error) : giveBack(attempt, error));
}

/** Renews the lease while the job is at work; aborts it when the lease is gone. */
function keepLease({ deps, job, lease }: Attempt, controller: AbortController): () => void {
  const timer = setInterval(
    () => {
      updateIngestJob(deps.db, job.jobId, lease, {}).then(
        (ours) => {
          if (!ours) controller.abort(new LunaError('LUNA_INGEST_LEASE_LOST', 'another worker has taken the job over'));
        },
        // A renewal that fails is tried again; the lease outlives two of them.
        (error: unknown) => deps.log.debug({ err: error }, 'the lease could not be renewed'),
      );
    },
    (lease.seconds * 1000) / 3,
  );
  return () => clearInterval(timer);
}

async function work(attempt: Attempt, stopping: AbortSignal): Promise<void> {
  const { deps, job, lease } = attempt;
  const controller = new AbortController();
  const release = keepLease(attempt, controller);
  try {
    const outcome = await processJob(deps, job, lease, AbortSignal.any([stopping, controller.signal]));
    deps.count(outcome.state);
    deps.log.info({ jobId: job.jobId, itemId: outcome.itemId, state: outcome.state }, 'ingest finished');
  } catch (error) {
    const reason: unknown = controller.signal.aborted ? controller.signal.reason : error;
    await onFailure(attempt, reason, stopping.aborted);
  } finally {
    release();
  }
}

/** What one process has in hand. */
interface Desk {
  /** Takes a job, if there is one that may be at work beside what is at work already. */
  take(): Promise<ClaimedJob | undefined>;
  putDown(job: ClaimedJob): void;
}

/** A document that ended the process was not alone at work, so every one that was is a suspect, and is read alone until it is acquitted. */
function createDesk({ db }: WorkerDeps, lease: Lease): Desk {
  const turns = createGate();
  let atWork = 0;
  let solitary = false;
  return {
    take: () =>
      turns.run(true, async () => {
        if (solitary) return undefined;
        const job = await claimIngestJob(db, lease, { alone: atWork === 0 });
        atWork += job ? 1 : 0;
        solitary = job?.suspect ?? false;
        return job;
      }),
    putDown: ({ suspect }) => {
      atWork -= 1;
      if (suspect) solitary = false;
    },
  };
}

/** Takes jobs off the queue and works on them, `concurrency` at a time, until it is told to stop. */
export function createIngestWorker(deps: WorkerDeps): IngestWorker {
  const lease: Lease = { worker: deps.name, seconds: deps.leaseSeconds };
  const desk = createDesk(deps, lease);
  let alarm = new AbortController();

  const wake = (): void => {
    alarm.abort();
    alarm = new AbortController();
  };
  const pause = async (...ends: AbortSignal[]): Promise<void> => {
    await sleep(POLL_MS, AbortSignal.any(ends)).catch(() => undefined);
  };
  const attend = async (job: ClaimedJob, signal: AbortSignal): Promise<void> => {
    const attempt: Attempt = { deps, job, lease };
    // A document that ends the process never gets to the place where its failures are counted.
    if (job.attempts > MAX_ATTEMPTS)
      await finishFailed(attempt, new LunaError('LUNA_INGEST_GAVE_UP', 'too many attempts'));
    else await work(attempt, signal);
  };
  const once = async (signal: AbortSignal): Promise<boolean> => {
    await deps.ready();
    const job = await desk.take();
    if (!job) return false;
    try {
      await attend(job, signal);
    } finally {
      desk.putDown(job);
      if (job.suspect) wake();
      deps.ended(job.jobId);
    }
    return true;
  };
  const loop = async (signal: AbortSignal): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      // Taken before the look: who rings while it is under way must be heard.
      const { signal: bell } = alarm;
      try {
        const worked = await once(signal);
        failures = 0;
        if (!worked) await pause(signal, bell);
      } catch (error) {
        failures += 1;
        deps.log.debug({ err: error }, 'no job can be taken now');
        await sleep(backoffMs(failures, { minMs: 500, maxMs: 10_000, random: deps.random }), signal).catch(
          () => undefined,
        );
      }
    }
  };
  return {
    wake,
    run: async (signal) => {
      await Promise.all(Array.from({ length: deps.concurrency }, () => loop(signal)));
    },
  };
}
