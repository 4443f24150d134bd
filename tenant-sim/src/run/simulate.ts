import { errorMessage, type Clock, type Logger } from '@luna-iems/service-kit';
import {
  catchUpRollups,
  createSeriesWriter,
  expireSeries,
  finishSimRun,
  fitChunks,
  forgetOldSimRuns,
  readLiveSeries,
  startSimRun,
  updateSimRun,
  type Database,
  type SimKind,
  type SimRunProgress,
  type WriteNote,
} from '@luna-iems/tenant-db';
import type { SimConfig } from '../sim-config.ts';
import { MARKET, METERS, type Kind } from './kinds.ts';
import { writeSeeds } from './write-seeds.ts';
import { codeOf, writeAll, type AnyBatch, type WriteResult } from './write.ts';

export interface SimulateDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Read inside the run, so that a wrong configuration is recorded as a failed run. */
  readonly loadConfig: () => Promise<SimConfig>;
}

/**
 * One run: from the last written point of every series to now, recorded in sim_runs, and every batch as an event. Two at once, or one
 * killed anywhere, leave neither holes nor doubles. Throws what made it fail, after recording it.
 */
export async function simulate(kind: SimKind, deps: SimulateDeps): Promise<WriteResult> {
  const runId = await startSimRun(deps.db, kind);
  let progress: SimRunProgress = { rows: 0, rangeFrom: null, rangeTo: null };
  const onProgress = async (now: SimRunProgress): Promise<void> => {
    progress = now;
    await updateSimRun(deps.db, runId, now);
  };
  try {
    const config = await deps.loadConfig();
    const run: Run = { ...deps, config, runId, onProgress };
    if (kind === 'meter') await fitToMeters(run);
    const result = await (kind === 'meter' ? catchUp(METERS, run) : catchUp(MARKET, run));
    await finishSimRun(deps.db, runId, result);
    await keepHouse(kind, deps);
    return result;
  } catch (error) {
    const failure = { ...progress, state: 'failed' as const, errorCode: codeOf(error), error: errorMessage(error) };
    await finishSimRun(deps.db, runId, failure).catch((second: unknown) => {
      deps.log.error({ err: second }, 'the failed run could not be recorded');
    });
    throw error;
  }
}

interface Run extends SimulateDeps {
  readonly config: SimConfig;
  readonly runId: string;
  readonly onProgress: (progress: SimRunProgress) => Promise<void>;
}

/** Writes the files that are new, then all that lies between the end of each series, whoever wrote it, and now. */
async function catchUp<Batch extends AnyBatch, Id, Stored>(
  kind: Kind<Batch, Id, Stored>,
  { db, config, log, clock, signal, runId, onProgress }: Run,
): Promise<WriteResult> {
  const { batch_rows: batchRows, run_rows: runRows } = config.limits;
  const live = await readLiveSeries(db, kind.live);
  const writer = createSeriesWriter({ db, live });
  const note = (type: string): WriteNote => ({ type, at: clock.now(), meta: { runId } });

  const seeds = config.seeds.filter((seed) => seed.kind === kind.seeds);
  await writeSeeds(seeds, { db, log, runId, writer, live, note: note('sim.seed') });

  const isLive = (id: Id): boolean => live.has(kind.nameOf(id));
  const series = kind.series(config);
  const nowMs = clock.now().getTime();
  const simulated = series.filter((id) => !isLive(id));
  const { stored, files } = await kind.ends(db, simulated, config);
  const served = series.filter(isLive).map((id) => kind.written(id, nowMs));
  return writeAll<Batch>({
    batches: kind.source(config, files).read({ stored: [...stored, ...served], nowMs, batchRows }),
    intervalMs: (batch, row) => (kind.intervalS(batch, row) ?? 0) * 1000,
    write: (batch) => kind.write(writer, batch, note(kind.event)),
    ...{ runRows, onProgress, signal, clock, log },
  });
}

/** Before the first reading is written, so that the chunks that it opens are right. */
async function fitToMeters({ db, config }: Run): Promise<void> {
  const count = METERS.series(config).length;
  if (count > 0) await fitChunks(db, (count * 86_400) / config.meters.interval_s);
}

/** What was written is safe already; what is late here is caught up by the API or by the next run. */
async function keepHouse(kind: SimKind, { db, log, signal, clock }: SimulateDeps): Promise<void> {
  try {
    await forgetOldSimRuns(db, kind);
    if (kind === 'market') return;
    await catchUpRollups(db, { signal, clock });
    await expireSeries(db, clock.now());
  } catch (error) {
    log.warn({ err: error }, 'roll-ups and old rows could not be taken care of; they are tried again');
  }
}
