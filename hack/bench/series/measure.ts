import { createManualClock, createSilentLogger, systemClock, type Clock } from '@luna-iems/service-kit';
import type { ReadingBatch } from '@luna-iems/series';
import {
  createPool,
  createScratchDatabase,
  createSeriesWriter,
  fitChunks,
  migrate,
  type Database,
} from '@luna-iems/tenant-db';
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

/** Batches that are kept: the generator uses its own again for the next one. */
function kept(batches: Iterable<ReadingBatch>): ReadingBatch[] {
  return Array.from(batches, (batch) => ({
    ...batch,
    meter: batch.meter.slice(0, batch.length),
    tsMs: batch.tsMs.slice(0, batch.length),
    consumptionKw: batch.consumptionKw.slice(0, batch.length),
    productionKw: batch.productionKw.slice(0, batch.length),
    voltage: batch.voltage.slice(0, batch.length),
    quality: batch.quality.slice(0, batch.length),
    intervalS: batch.intervalS.slice(0, batch.length),
    energyImportKwh: batch.energyImportKwh.slice(0, batch.length),
    energyExportKwh: batch.energyExportKwh.slice(0, batch.length),
    receivedMs: batch.receivedMs.slice(0, batch.length),
  }));
}

function rowsOf(batches: Iterable<ReadingBatch>): number {
  let rows = 0;
  for (const { length } of batches) rows += length;
  return rows;
}

export interface GeneratorFigures {
  readonly rows: number;
  /** In the first pass of this process, its warming up included. */
  readonly rowsPerSecond: number;
  /** Once more, as warm as in the back-fill. */
  readonly warmRowsPerSecond: number;
}

/** How fast the generator alone makes the rows of the back-fill, and the rows: they are kept in a pass of their own, which is not measured. */
export function generatorAlone(plan: Plan): GeneratorFigures & { readonly batches: ReadingBatch[] } {
  const config = backfillConfig(plan);
  const pass = (): number => {
    const start = systemClock.monotonicMs();
    const rows = rowsOf(allOf(config, Date.parse(NOW)));
    return rows / ((systemClock.monotonicMs() - start) / 1000);
  };
  const [rowsPerSecond, warmRowsPerSecond] = [pass(), pass()];
  const batches = kept(allOf(config, Date.parse(NOW)));
  return { batches, rows: rowsOf(batches), rowsPerSecond, warmRowsPerSecond };
}

/** Rows a second of the simulator's writer alone, from rows that are ready: batches, transactions and events as in a run. */
async function writerAlone(plan: Plan, batches: readonly ReadingBatch[], rowsPerDay: number): Promise<number> {
  const { db, close } = await freshTenant(plan.ownerUrl, rowsPerDay);
  try {
    const writer = createSeriesWriter({ db, live: new Set() });
    const note = { type: 'sim.readings', at: new Date(NOW), meta: {} };
    const seconds = await timed(async () => {
      let before: Promise<unknown> = Promise.resolve();
      for (const batch of batches) {
        await before;
        const writing = writer.addReadings(batch, note);
        before = writing.done;
        await writing.sent;
      }
      await before;
    });
    return rowsOf(batches) / seconds;
  } finally {
    await close();
  }
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
  /** One COPY of the rows from a file, as text and in the binary format. */
  readonly text: number;
  readonly binary: number;
  /** The simulator's writer from rows that are ready. */
  readonly writer: number;
}

/** Rows a second that these rows reach, into the same tables, without anything made on the way. */
export async function readyRows(
  plan: Plan,
  batches: readonly ReadingBatch[],
  rowsPerDay: number,
): Promise<CopyFigures> {
  const text = await textFile(plan.folder, batches);
  const textSeconds = await copyAlone(plan, text, rowsPerDay);
  const binary = await binaryFile(plan.folder, batches);
  const binarySeconds = await copyAlone(plan, binary, rowsPerDay);
  const writer = await writerAlone(plan, batches, rowsPerDay);
  return { text: text.rows / textSeconds, binary: binary.rows / binarySeconds, writer };
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
    // The same rows, a batch for every minute.
    const minutes = Array.from({ length: plan.minutes }, (_, minute) => Date.parse(NOW) + minute * 60_000);
    const batches = minutes.flatMap((nowMs) => kept(allOf(config, nowMs)));
    return { rowsPerSecond: rows / seconds, copy: await readyRows(plan, batches, plan.meters * 86_400), rows };
  } finally {
    await close();
  }
}
