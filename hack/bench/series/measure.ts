import { createManualClock, createSilentLogger, systemClock, type Clock } from '@luna-iems/service-kit';
import type { ReadingBatch } from '@luna-iems/series';
import { createPool, createScratchDatabase, fitChunks, migrate, type Database } from '@luna-iems/tenant-db';
import { createMeterSource, parseSimConfig, simulate, type SimConfig } from '@luna-iems/tenant-sim';
import { binaryFile, copyFile, textFile, type RowFile } from './files.ts';

export interface Plan {
  readonly meters: number;
  /** Of the back-fill, at 15 minutes. */
  readonly days: number;
  /** Of live writing at one second: so many runs of a minute each. */
  readonly minutes: number;
  /** For files of rows. */
  readonly folder: string;
  readonly ownerUrl: string;
}

const log = createSilentLogger();
/** In the past of every clock, so that nothing depends on the day of the measurement. */
const NOW = '2026-11-01T00:00:00Z';

/** Seconds that work takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = systemClock.monotonicMs();
  await work();
  return (systemClock.monotonicMs() - start) / 1000;
}

/** An empty tenant database with chunks for so many rows a day. */
export async function freshTenant(
  ownerUrl: string,
  rowsPerDay: number,
): Promise<{ db: Database; url: string; close: () => Promise<void> }> {
  const scratch = await createScratchDatabase(ownerUrl, 'bench');
  const url = scratch.connectionString;
  const db = createPool({ connectionString: url, applicationName: 'bench', log, max: 4, statementTimeoutMs: 0 });
  await migrate(db, { log });
  await fitChunks(db, rowsPerDay);
  const close = async (): Promise<void> => {
    await db.close();
    await scratch.drop();
  };
  return { db, url, close };
}

export function backfillConfig({ meters, days }: Pick<Plan, 'meters' | 'days'>): SimConfig {
  return parseSimConfig(`
meters: {interval_s: 900, start_minutes_back: ${days * 1440}, groups: [{prefix: home, count: ${Math.ceil(meters * 0.8)}}, {prefix: roof, count: ${Math.floor(meters * 0.2)}, pv_kwp: 8}]}
limits: {batch_rows: 10000, run_rows: 1000000000}`);
}

function liveConfig({ meters }: Pick<Plan, 'meters'>): SimConfig {
  return parseSimConfig(`
meters: {interval_s: 1, start_minutes_back: 1, groups: [{prefix: home, count: ${meters}}]}
limits: {batch_rows: 10000}`);
}

function allOf(config: SimConfig, nowMs: number): Iterable<ReadingBatch> {
  const batches = createMeterSource(config).read({ stored: [], nowMs, batchRows: config.limits.batch_rows });
  return batches as Iterable<ReadingBatch>;
}

/** Rows a second of the generator alone, and how many rows there are. */
export async function generatorAlone(plan: Plan): Promise<{ rows: number; rowsPerSecond: number }> {
  let rows = 0;
  const seconds = await timed(async () => {
    for (const batch of allOf(backfillConfig(plan), Date.parse(NOW))) rows += batch.length;
  });
  return { rows, rowsPerSecond: rows / seconds };
}

async function copyAlone(plan: Plan, file: RowFile, rowsPerDay: number): Promise<number> {
  const { db, close } = await freshTenant(plan.ownerUrl, rowsPerDay);
  try {
    return await timed(() => copyFile(db, file));
  } finally {
    await close();
  }
}

export interface CopyFigures {
  readonly text: number;
  readonly binary: number;
}

/** Rows a second that one COPY of the same rows from a file reaches, as text and binary, into the same tables. */
export async function copyOfBackfill(plan: Plan): Promise<CopyFigures> {
  const config = backfillConfig(plan);
  const nowMs = Date.parse(NOW);
  return copyBoth(plan, () => allOf(config, nowMs), plan.meters * 96);
}

async function copyBoth(plan: Plan, rows: () => Iterable<ReadingBatch>, rowsPerDay: number): Promise<CopyFigures> {
  const text = await textFile(plan.folder, rows());
  const textSeconds = await copyAlone(plan, text, rowsPerDay);
  const binary = await binaryFile(plan.folder, rows());
  const binarySeconds = await copyAlone(plan, binary, rowsPerDay);
  return { text: text.rows / textSeconds, binary: binary.rows / binarySeconds };
}

export interface BackfillFigures {
  readonly rowsPerSecond: number;
  /** Until the roll-ups are complete too. */
  readonly wholeSeconds: number;
}

/** One run of the simulator over the whole stretch, as its CronJob does it: generating, writing, recording; then rolling up. */
export async function backfill(plan: Plan, db: Database): Promise<BackfillFigures> {
  const config = backfillConfig(plan);
  // The hands of the run's clock stand where the data end; its pace is real.
  const clock: Clock = { now: () => new Date(NOW), monotonicMs: () => systemClock.monotonicMs() };
  const deps = { db, log, clock, signal: new AbortController().signal, loadConfig: () => Promise.resolve(config) };
  let rows = 0;
  let writtenAt = 0;
  const start = systemClock.monotonicMs();
  const watched: Database = {
    ...db,
    transaction: async (work) => {
      const result = await db.transaction(work);
      writtenAt = systemClock.monotonicMs();
      return result;
    },
  };
  const wholeSeconds = await timed(async () => {
    rows = (await simulate('meter', { ...deps, db: watched })).rows;
  });
  return { rowsPerSecond: rows / ((writtenAt - start) / 1000), wholeSeconds };
}

/** Live: a run for every minute, each with the last sixty seconds of all meters, against one COPY of the same rows. */
export async function live(plan: Plan): Promise<{ rowsPerSecond: number; copy: CopyFigures; rows: number }> {
  const config = liveConfig(plan);
  const { db, close } = await freshTenant(plan.ownerUrl, plan.meters * 86_400);
  const clock = createManualClock(NOW);
  const runClock: Clock = { now: () => clock.now(), monotonicMs: () => systemClock.monotonicMs() };
  const deps = {
    db,
    log,
    clock: runClock,
    signal: new AbortController().signal,
    loadConfig: () => Promise.resolve(config),
  };
  let rows = 0;
  try {
    const seconds = await timed(async () => {
      for (let minute = 0; minute < plan.minutes; minute += 1) {
        rows += (await simulate('meter', deps)).rows;
        clock.advance(60_000);
      }
    });
    const stored = (): Iterable<ReadingBatch> => {
      const whole = { ...config, meters: { ...config.meters, start_minutes_back: plan.minutes } };
      return allOf(whole, Date.parse(NOW) + (plan.minutes - 1) * 60_000);
    };
    return { rowsPerSecond: rows / seconds, copy: await copyBoth(plan, stored, plan.meters * 86_400), rows };
  } finally {
    await close();
  }
}
