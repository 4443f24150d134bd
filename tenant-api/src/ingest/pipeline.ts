import { setImmediate } from 'node:timers/promises';
import { LunaError, isLunaError, type Clock, type Logger } from '@luna-iems/service-kit';
import {
  deleteChunks,
  failVersion,
  finishIngestJob,
  publishVersion,
  putChunks,
  readFileParts,
  readIngestJob,
  readItem,
  stageVersion,
  updateIngestJob,
  type Database,
  type IngestJob,
  type IngestJobPatch,
  type IngestOutcome,
  type Lease,
  type Transaction,
} from '@luna-iems/tenant-db';
import { chunkDocument, type Chunk } from '../chunk/chunker.ts';
import { createTokenCounter } from '../chunk/tokens.ts';
import type { ActiveProfile } from '../embed/profile-manager.ts';
import { hasNoText, plainText, type ExtractedDocument } from '../extract/blocks.ts';
import type { MediaType } from '../extract/media-type.ts';
import type { Tika } from '../extract/tika.ts';
import { chunkId } from '../search/point-id.ts';
import type { VectorIndex } from '../search/vector-index.ts';
import { detectLanguage, languageOfTag, type Language } from '../text/language.ts';
import { embedChunks, type EmbeddedChunk } from './embed-chunks.ts';
import { extractDocument } from './extract.ts';
import type { Gate } from './gate.ts';
import { metadataOf } from './metadata.ts';

export interface PipelineDeps {
  db: Database;
  index: VectorIndex;
  tika: Tika;
  /** A file that broke its reader once is read alone, so that it is known whose fault it is. */
  gate: Gate;
  /** The embedding profile in force; throws while there is none. */
  profile: () => ActiveProfile;
  log: Logger;
  /** Told how long each stage took, in seconds. */
  observe: (stage: string, seconds: number) => void;
  clock: Clock;
}

/** One run over one job. */
interface Run {
  deps: PipelineDeps;
  job: IngestJob;
  lease: Lease;
  signal: AbortSignal;
  itemId: string;
  version: number;
  /** An earlier run got so far that it may have left something behind. */
  resumed: boolean;
}

interface Staged {
  /** published: by an earlier run over the same job, which ended before it could say so. */
  outcome: 'staged' | 'duplicate' | 'published';
  itemId: string;
  version: number;
}

interface Prepared {
  language: Language;
  title: string;
  chunks: Chunk[];
}

/** The job is no longer ours: another worker has it, and every further write of ours would be wrong. */
export function leaseLost(): LunaError {
  return new LunaError('LUNA_INGEST_LEASE_LOST', 'another worker has taken the job over');
}

async function record(run: Run, patch: IngestJobPatch): Promise<void> {
  run.signal.throwIfAborted();
  if (!(await updateIngestJob(run.deps.db, run.job.jobId, run.lease, patch))) throw leaseLost();
}

/**
 * Notes what the job is at while the work goes on, which so waits for no database. Both have ended on return; that the job is no longer
 * ours is thrown before anything that the work may say.
 */
async function noting<T>(run: Run, patch: IngestJobPatch, work: () => Promise<T>): Promise<T> {
  const [noted, done] = await Promise.allSettled([record(run, patch), work()]);
  if (noted.status === 'rejected') throw noted.reason;
  if (done.status === 'rejected') throw done.reason;
  return done.value;
}

async function timed<T>(run: Run, stage: string, work: () => Promise<T>): Promise<T> {
  const start = run.deps.clock.monotonicMs();
  const result = await work();
  run.deps.observe(stage, (run.deps.clock.monotonicMs() - start) / 1000);
  return result;
}

async function stagedBefore(deps: PipelineDeps, itemId: string, version: number): Promise<Staged> {
  const item = await readItem(deps.db, itemId);
  return { outcome: item?.version === version ? 'published' : 'staged', itemId, version };
}

/** Reserves the version, and notes it in the job in the same transaction: after a crash the job knows that it is its own. */
async function stage(deps: PipelineDeps, job: IngestJob, lease: Lease): Promise<Staged> {
  if (job.itemId !== null && job.version !== null) return stagedBefore(deps, job.itemId, job.version);
  return deps.db.transaction(async (tx) => {
    const staged = await stageVersion(
      { transaction: (work) => work(tx) },
      {
        source: job.source,
        sha256: job.sha256,
        title: job.title ?? job.fileName ?? job.source,
        tags: job.tags,
        fileName: job.fileName ?? undefined,
        mediaType: job.mediaType ?? undefined,
        bytes: job.bytes ?? undefined,
      },
    );
    const { itemId, version } = staged;
    if (staged.outcome === 'staged' && !(await updateIngestJob(tx, job.jobId, lease, { itemId, version })))
      throw leaseLost();
    return staged;
  });
}

async function extract(run: Run): Promise<ExtractedDocument> {
  const { deps, job, signal } = run;
  const bytes = (): AsyncIterable<Uint8Array> => readFileParts(deps.db, job.jobId);
  const lastTry = job.strikes > 0;
  const document = await noting(run, { state: 'extracting', progressDone: 0 }, () =>
    deps.gate.run(lastTry, async () => {
      signal.throwIfAborted();
      return timed(run, 'extracting', () =>
        extractDocument(deps, { bytes, mediaType: job.mediaType as MediaType }, { signal, lastTry }),
      );
    }),
  );
  if (document.warnings) await record(run, { warnings: document.warnings });
  return document;
}

function titleOf(job: IngestJob, document: ExtractedDocument): string {
  // A text without markup opens with its title; elsewhere the title is the first-level heading.
  const heading = document.blocks.find(
    (block, index) => block.kind === 'heading' && (block.level === 1 || index === 0),
  );
  const found = heading?.kind === 'heading' ? heading.text : undefined;
  return (job.title ?? document.title ?? found ?? job.fileName ?? job.source).slice(0, 300);
}

function cutNow({ job, deps }: Run, document: ExtractedDocument): Prepared {
  const { preset, sizes } = deps.profile();
  const language =
    languageOfTag(job.language ?? undefined) ??
    detectLanguage(plainText(document.blocks), languageOfTag(document.languageTag) ?? 'de');
  const chunks = chunkDocument(document.blocks, {
    maxTokens: sizes.maxTokens,
    overlapTokens: sizes.overlapTokens,
    language,
    count: createTokenCounter(preset.charsPerToken),
  });
  return { language, title: titleOf(job, document), chunks };
}

function cut(run: Run, document: ExtractedDocument): Promise<Prepared> {
  return noting(run, { state: 'chunking' }, async () => {
    // A large document keeps the process to itself for a while: the note leaves before that.
    await setImmediate();
    return timed(run, 'chunking', async () => cutNow(run, document));
  });
}

function embed(run: Run, { language, chunks }: Prepared): Promise<EmbeddedChunk[]> {
  const { deps, signal } = run;
  return noting(run, { state: 'embedding', language, progressDone: 0, progressTotal: chunks.length }, () =>
    timed(run, 'embedding', () =>
      embedChunks(deps.profile(), chunks, { signal, onProgress: (done) => record(run, { progressDone: done }) }),
    ),
  );
}

/** Work in a transaction that only the holder of the job may do: one who was overtaken must not touch what the other made. */
async function asHolder<T>(run: Run, patch: IngestJobPatch, work: (tx: Transaction) => Promise<T>): Promise<T> {
  run.signal.throwIfAborted();
  return run.deps.db.transaction(async (tx) => {
    if (!(await updateIngestJob(tx, run.job.jobId, run.lease, patch))) throw leaseLost();
    return work(tx);
  });
}

async function writeChunks(run: Run, prepared: Prepared, embedded: readonly EmbeddedChunk[]): Promise<void> {
  const { deps, job, itemId, version, resumed } = run;
  const id = (idx: number): string => chunkId(itemId, version, idx);
  const rows = embedded.map(({ chunk }, idx) => ({
    chunkId: id(idx),
    chunkIdx: idx,
    text: chunk.text,
    metadata: metadataOf(chunk),
  }));
  const { length } = embedded;
  await asHolder(run, { state: 'indexing', progressDone: length, progressTotal: length }, async (tx) => {
    // What an earlier run left may have been cut differently.
    if (resumed) await deleteChunks(tx, itemId, version);
    await putChunks(tx, itemId, version, rows);
  });
  if (resumed) await deps.index.removeVersion(itemId, version);
  await deps.index.upsert(
    deps.profile().collection,
    embedded.map(({ searchable, vector }, idx) => ({
      id: id(idx),
      vector,
      text: searchable,
      itemId,
      version,
      chunkIdx: idx,
      tags: job.tags,
      source: job.source,
      language: prepared.language,
    })),
  );
}

/** From here readers see the new version and no longer the old one, if there was one; what is left of that is dead and is removed. */
async function publish(run: Run, prepared: Prepared): Promise<void> {
  const { deps, job, itemId, version } = run;
  const { published } = await asHolder(run, {}, (tx) =>
    publishVersion(
      { transaction: (work) => work(tx) },
      {
        ...{ itemId, version, title: prepared.title, tags: job.tags, language: prepared.language },
        fileOfJob: job.jobId,
      },
    ),
  );
  if (!published) await deps.index.removeVersion(itemId, version);
  else if (version > 1) await deps.index.removeItem(itemId, version);
}

async function ingest(run: Run): Promise<IngestOutcome> {
  const { itemId, version } = run;
  const document = await extract(run);
  if (hasNoText(document.blocks)) {
    await giveUpVersion(run.deps, itemId, version);
    return {
      state: 'no_text',
      errorCode: 'LUNA_DOCUMENT_NO_TEXT',
      error: 'There is no text in the document, and none could be recognised in its pictures.',
    };
  }
  const prepared = await cut(run, document);
  const embedded = await embed(run, prepared);
  await timed(run, 'indexing', async () => {
    await writeChunks(run, prepared, embedded);
    await publish(run, prepared);
  });
  return { state: 'done', itemId, version };
}

/** Takes back what a job that will not succeed has staged. */
export async function giveUpVersion(
  deps: Pick<PipelineDeps, 'db' | 'index'>,
  itemId: string,
  version: number,
): Promise<void> {
  await failVersion(deps.db, itemId, version);
  await deps.index.removeVersion(itemId, version);
}

/** A job that was cancelled under our hands: what we wrote since then goes too. */
async function clearCancelled(run: Run): Promise<void> {
  const job = await readIngestJob(run.deps.db, run.job.jobId);
  if (job === undefined || job.state === 'cancelled') await giveUpVersion(run.deps, run.itemId, run.version);
}

async function ingestOrClear(run: Run): Promise<IngestOutcome> {
  try {
    return await ingest(run);
  } catch (error) {
    const reason: unknown = run.signal.aborted ? run.signal.reason : error;
    if (isLunaError(reason, 'LUNA_INGEST_LEASE_LOST')) await clearCancelled(run);
    throw error;
  }
}

/**
 * Brings one claimed job to its end: done, duplicate or no_text. Every step may be repeated, so a job that was interrupted
 * anywhere starts again and ends the same. Throws what interrupted it; the worker decides whether that is final.
 */
export async function processJob(
  deps: PipelineDeps,
  job: IngestJob,
  lease: Lease,
  signal: AbortSignal,
): Promise<IngestOutcome> {
  const resumed = job.itemId !== null && job.version !== null;
  const { outcome: staged, itemId, version } = await stage(deps, job, lease);
  if (staged === 'published') await deps.index.removeItem(itemId, version);
  const outcome: IngestOutcome =
    staged === 'staged'
      ? await ingestOrClear({ deps, job: { ...job, itemId, version }, lease, signal, itemId, version, resumed })
      : { state: staged === 'duplicate' ? 'duplicate' : 'done', itemId, version };
  if (!(await finishIngestJob(deps.db, job.jobId, lease.worker, outcome))) throw leaseLost();
  return outcome;
}
