import { errorMessage, type Clock } from '@luna-iems/service-kit';
import {
  readLastFailedSimRuns,
  readLastSimRuns,
  readLastWrites,
  type Database,
  type LastWrites,
  type SimKind,
  type SimRun,
} from '@luna-iems/tenant-db';
import type { CronJobs, CronJobState } from './cronjobs.ts';

export type SimState = 'running' | 'stopped' | 'mixed' | 'unknown';

export interface SimStatusValue {
  state: SimState;
  cronJobs: CronJobState[];
  lastWrites: LastWrites;
  /** Seconds from the newest interval to now; negative for prices that are known ahead; null where there is none. */
  lagSeconds: Readonly<Record<SimKind, number | null>>;
  lastRuns: (SimRun & { rowsPerSecond: number; progress: number | null })[];
  /** The newest failure, whatever came after it. */
  lastError: LastError | null;
  reason?: string;
}

export interface LastError {
  kind: SimKind;
  at: Date;
  code: string | null;
  message: string | null;
  /** True once a later run of the kind ended well. */
  overcome: boolean;
}

export interface SimDeps {
  db: Database;
  clock: Clock;
  /** Undefined outside a cluster. */
  cronJobs: CronJobs | undefined;
}

/** One word for all CronJobs together. */
export function simState(jobs: readonly Pick<CronJobState, 'suspended'>[]): SimState {
  if (jobs.length === 0) return 'unknown';
  const stopped = jobs.filter((job) => job.suspended).length;
  if (stopped === 0) return 'running';
  return stopped === jobs.length ? 'stopped' : 'mixed';
}

async function cronJobStates(cronJobs: CronJobs | undefined): Promise<{ cronJobs: CronJobState[]; reason?: string }> {
  if (!cronJobs)
    return { cronJobs: [], reason: 'This service does not run in a cluster, so there are no CronJobs to look at.' };
  try {
    return { cronJobs: await cronJobs.read() };
  } catch (error) {
    return { cronJobs: [], reason: errorMessage(error) };
  }
}

function lagOf(last: Date | null, now: Date): number | null {
  return last === null ? null : Math.round((now.getTime() - last.getTime()) / 1000);
}

/** How fast a run is or was, and while it runs which share of the time up to its start it has filled. */
export function withPace(run: SimRun): SimRun & { rowsPerSecond: number; progress: number | null } {
  const seconds = ((run.finishedAt ?? run.updatedAt).getTime() - run.startedAt.getTime()) / 1000;
  const { rangeFrom, rangeTo, startedAt } = run;
  const running = run.state === 'running' && rangeFrom !== null && rangeTo !== null && startedAt > rangeFrom;
  const share = running
    ? (rangeTo.getTime() - rangeFrom.getTime()) / (startedAt.getTime() - rangeFrom.getTime())
    : null;
  return {
    ...run,
    rowsPerSecond: seconds > 0 ? Math.round(run.rows / seconds) : 0,
    progress: share === null ? null : Math.min(1, Math.round(share * 1000) / 1000),
  };
}

/** The newest of the failures, and whether its kind has worked since. */
export function lastErrorOf(failed: readonly SimRun[], last: readonly SimRun[]): LastError | null {
  const [newest] = [...failed].sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
  if (newest === undefined) return null;
  const { kind, runId, errorCode, error, finishedAt, updatedAt } = newest;
  const since = last.find((run) => run.kind === kind);
  const overcome =
    since !== undefined && since.runId !== runId && since.state !== 'running' && since.state !== 'failed';
  return { kind, at: finishedAt ?? updatedAt, code: errorCode, message: error, overcome };
}

/** What the simulation is doing and what it wrote last. */
export async function readSimStatus(deps: SimDeps): Promise<SimStatusValue> {
  const [states, lastWrites, lastRuns, failed] = await Promise.all([
    cronJobStates(deps.cronJobs),
    readLastWrites(deps.db),
    readLastSimRuns(deps.db),
    readLastFailedSimRuns(deps.db),
  ]);
  const now = deps.clock.now();
  return {
    state: simState(states.cronJobs),
    ...states,
    lastWrites,
    lagSeconds: { meter: lagOf(lastWrites.meter, now), market: lagOf(lastWrites.market, now) },
    lastRuns: lastRuns.map(withPace),
    lastError: lastErrorOf(failed, lastRuns),
  };
}
