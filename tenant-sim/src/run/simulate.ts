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
import { buildMeters, buildSeries } from '../build.ts';
import type { SimConfig } from '../sim-config.ts';
import { SIM_SOURCE } from '../source.ts';
import { createZone } from '../time/zone.ts';
import { planMarket, planMeters } from './plan.ts';
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

const NOTHING: WriteResult = { rows: 0, rangeFrom: null, rangeTo: null, state: 'done' };

async function runMeters(config: SimConfig, deps: SimulateDeps, onProgress: OnProgress): Promise<WriteResult> {
  const meters = config.meters.enabled ? buildMeters(config) : [];
  const last = await readLastReadings(
    deps.db,
    meters.map((meter) => meter.meterId),
    SIM_SOURCE,
  );
  const nowMs = deps.clock.now().getTime();
  const spans = planMeters({ meters, last, nowMs, startMinutesBack: config.meters.start_minutes_back });
  if (spans.length === 0) return NOTHING;
  return writeAll({
    ...common(config, deps, onProgress),
    spans,
    write: (rows) => deps.db.transaction((tx) => insertReadings(tx, rows)),
  });
}

async function runMarket(config: SimConfig, deps: SimulateDeps, onProgress: OnProgress): Promise<WriteResult> {
  const series = config.market.enabled ? buildSeries(config) : [];
  const last = await Promise.all(
    series.map(({ market, product }) => readLastPrice(deps.db, { market, product, source: SIM_SOURCE })),
  );
  const nowMs = deps.clock.now().getTime();
  const zone = createZone(config.timezone);
  const spans = planMarket({ series, last, nowMs, startDaysBack: config.market.start_days_back, zone });
  if (spans.length === 0) return NOTHING;
  return writeAll({
    ...common(config, deps, onProgress),
    spans,
    write: (rows) => deps.db.transaction((tx) => insertPrices(tx, rows)),
  });
}

type Common = Pick<WriteOptions<never>, 'batchRows' | 'runRows' | 'onProgress' | 'signal' | 'clock' | 'log'>;

function common(config: SimConfig, { signal, clock, log }: SimulateDeps, onProgress: OnProgress): Common {
  return { batchRows: config.limits.batch_rows, runRows: config.limits.run_rows, onProgress, signal, clock, log };
}
