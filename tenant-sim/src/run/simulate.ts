import { errorMessage, type Clock, type Logger } from '@luna-iems/service-kit';
import {
  closeDeadSimRuns,
  finishSimRun,
  insertPrices,
  insertReadings,
  readLastPrice,
  readLastReadings,
  startSimRun,
  updateSimRun,
  type Database,
  type SimKind,
  type SimRunProgress,
} from '@luna-iems/tenant-db';
import { createPriceSource, createReadingSource, meterNames } from '../build.ts';
import type { SimConfig } from '../sim-config.ts';
import { SIM_SOURCE } from '../source.ts';
import { priceRows, readingRows, storedMeters } from './rows.ts';
import { codeOf, writeAll, type AnyBatch, type WriteOptions, type WriteResult } from './write.ts';

export interface SimulateDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Read inside the run, so that a wrong configuration is recorded as a failed run. */
  readonly loadConfig: () => Promise<SimConfig>;
}

/**
 * One run: from the last written point of every series to now, recorded in sim_runs. Two at once, or one killed anywhere, leave
 * neither holes nor doubles. Throws what made it fail, after recording it.
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
    const result = await (kind === 'meter' ? runMeters(config, deps, onProgress) : runMarket(config, deps, onProgress));
    await finishSimRun(deps.db, runId, result);
    return result;
  } catch (error) {
    const failure = { ...progress, state: 'failed' as const, errorCode: codeOf(error), error: errorMessage(error) };
    await finishSimRun(deps.db, runId, failure).catch((second: unknown) => {
      deps.log.error({ err: second }, 'the failed run could not be recorded');
    });
    throw error;
  }
}

type OnProgress = (progress: SimRunProgress) => Promise<void>;

async function runMeters(config: SimConfig, deps: SimulateDeps, onProgress: OnProgress): Promise<WriteResult> {
  const source = createReadingSource(config);
  const last = await readLastReadings(deps.db, meterIdsOf(config), SIM_SOURCE);
  return writeAll({
    ...common(config, deps, onProgress),
    batches: source.read({
      stored: storedMeters(last),
      nowMs: deps.clock.now().getTime(),
      batchRows: config.limits.batch_rows,
    }),
    stepMs: (batch, index) => (batch.intervalS[index] ?? 0) * 1000,
    write: (batch) => deps.db.transaction((tx) => insertReadings(tx, readingRows(batch))),
  });
}

async function runMarket(config: SimConfig, deps: SimulateDeps, onProgress: OnProgress): Promise<WriteResult> {
  const source = createPriceSource(config);
  const series = config.market.enabled ? config.market.series : [];
  const stored = await Promise.all(
    series.map(async ({ market, product }) => {
      const ts = await readLastPrice(deps.db, { market, product, source: SIM_SOURCE });
      return ts === undefined ? [] : [{ market, product, tsMs: ts.getTime() }];
    }),
  );
  return writeAll({
    ...common(config, deps, onProgress),
    batches: source.read({
      stored: stored.flat(),
      nowMs: deps.clock.now().getTime(),
      batchRows: config.limits.batch_rows,
    }),
    stepMs: (batch, index) => (batch.resolutionS[index] ?? 0) * 1000,
    write: (batch) => deps.db.transaction((tx) => insertPrices(tx, priceRows(batch))),
  });
}

function meterIdsOf({ meters }: SimConfig): string[] {
  return meters.enabled ? meters.groups.flatMap(meterNames) : [];
}

type Common = Pick<WriteOptions<AnyBatch>, 'runRows' | 'onProgress' | 'signal' | 'clock' | 'log'>;

function common(config: SimConfig, { signal, clock, log }: SimulateDeps, onProgress: OnProgress): Common {
  return { runRows: config.limits.run_rows, onProgress, signal, clock, log };
}
