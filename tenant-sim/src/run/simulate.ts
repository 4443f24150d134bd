import { errorMessage, type Clock, type Logger } from '@luna-iems/service-kit';
import type { PriceBatch, ReadingBatch } from '@luna-iems/series';
import {
  catchUpRollups,
  closeDeadSimRuns,
  createSeriesWriter,
  expireSeries,
  finishSimRun,
  fitChunks,
  readLiveSeries,
  readStoredMeters,
  readStoredPrices,
  startSimRun,
  updateSimRun,
  type Database,
  type SimKind,
  type SimRunProgress,
  type WriteNote,
} from '@luna-iems/tenant-db';
import { createMarketSource, createMeterSource, meterNames } from '../build.ts';
import type { SimConfig } from '../sim-config.ts';
import { SIM_SOURCE } from '../source.ts';
import { endsOf, loadSeed, type LoadedSeed } from '../seeds/load.ts';
import { writeSeeds } from './write-seeds.ts';
import { codeOf, writeAll, type WriteOptions, type WriteResult } from './write.ts';

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
  await closeDeadSimRuns(deps.db, kind);
  const runId = await startSimRun(deps.db, kind);
  let progress: SimRunProgress = { rows: 0, rangeFrom: null, rangeTo: null };
  const onProgress = async (now: SimRunProgress): Promise<void> => {
    progress = now;
    await updateSimRun(deps.db, runId, now);
  };
  try {
    const config = await deps.loadConfig();
    const run: Run = { ...deps, config, runId, onProgress };
    const result = await (kind === 'meter' ? runMeters(run) : runMarket(run));
    await finishSimRun(deps.db, runId, result);
    if (kind === 'meter') await keepRollups(deps);
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

async function runMeters(run: Run): Promise<WriteResult> {
  const { db, config } = run;
  const meterIds = config.meters.enabled ? config.meters.groups.flatMap(meterNames) : [];
  const live = await readLiveSeries(db, 'meter');
  const nowMs = run.clock.now().getTime();
  const stored = await readStoredMeters(
    db,
    meterIds.filter((id) => !live.has(id)),
    SIM_SOURCE,
  );
  // To the source a live meter is one that is written up to now.
  const served = meterIds
    .filter((id) => live.has(id))
    .map((meterId) => ({ meterId, tsMs: nowMs, intervalS: null, counters: null }));
  if (meterIds.length > 0) await fitChunks(db, (meterIds.length * 86_400) / config.meters.interval_s);
  const writer = createSeriesWriter({ db, live });
  const seeds = await seedsOf(run, 'readings');
  await writeSeeds({ db, writer, seeds, note: noteOf(run, 'sim.seed') });
  const batches = createMeterSource(config, endsOf(seeds).meters).read({
    stored: [...stored, ...served],
    nowMs,
    batchRows: config.limits.batch_rows,
  });
  return writeAll<ReadingBatch>({
    ...common(run),
    batches,
    intervalMs: (batch, row) => (batch.intervalS[row] ?? 0) * 1000,
    write: (batch) => writer.addReadings(batch, noteOf(run, 'sim.readings')),
  });
}

/** The files to go on from; rows in them that are wrong are named in the log. */
async function seedsOf({ config, log }: Run, kind: 'readings' | 'prices'): Promise<LoadedSeed[]> {
  const seeds = await Promise.all(config.seeds.filter((seed) => seed.kind === kind).map(loadSeed));
  for (const { name, problems } of seeds) {
    if (problems.length === 0) continue;
    log.warn({ seed: name, leftOut: problems.length, first: problems.slice(0, 20) }, 'rows of a seed were left out');
  }
  return seeds;
}

const FAR_AHEAD_MS = 10 * 86_400_000;

async function runMarket(run: Run): Promise<WriteResult> {
  const { db, config } = run;
  const live = await readLiveSeries(db, 'price');
  const nowMs = run.clock.now().getTime();
  const stored = await readStoredPrices(db, SIM_SOURCE);
  const served = config.market.series
    .filter(({ market, product }) => live.has(`${market}/${product}`))
    .map(({ market, product }) => ({ market, product, tsMs: nowMs + FAR_AHEAD_MS }));
  const unserved = stored.filter(({ market, product }) => !live.has(`${market}/${product}`));
  const writer = createSeriesWriter({ db, live });
  const seeds = await seedsOf(run, 'prices');
  await writeSeeds({ db, writer, seeds, note: noteOf(run, 'sim.seed') });
  const batches = createMarketSource(config, endsOf(seeds).prices).read({
    stored: [...unserved, ...served],
    nowMs,
    batchRows: config.limits.batch_rows,
  });
  return writeAll<PriceBatch>({
    ...common(run),
    batches,
    intervalMs: (batch, row) => (batch.resolutionS[row] ?? 0) * 1000,
    write: (batch) => writer.addPrices(batch, noteOf(run, 'sim.prices')),
  });
}

type Common = Pick<WriteOptions<ReadingBatch>, 'runRows' | 'onProgress' | 'signal' | 'clock' | 'log'>;

function common({ config, onProgress, signal, clock, log }: Run): Common {
  return { runRows: config.limits.run_rows, onProgress, signal, clock, log };
}

function noteOf({ clock, runId }: Run, type: string): WriteNote {
  return { type, at: clock.now(), meta: { runId } };
}

/** What was written is safe already; roll-ups that are late are caught up by the API or by the next run. */
async function keepRollups({ db, log, signal, clock }: SimulateDeps): Promise<void> {
  try {
    await catchUpRollups(db, { signal, clock });
    await expireSeries(db, clock.now());
  } catch (error) {
    log.warn({ err: error }, 'the roll-ups could not be brought up to date; they are tried again');
  }
}
