import { qualityCode, qualityWord, type Quality } from './quality.ts';

/** One interval of one meter, as a row of `smart_meter_readings`. */
export interface ReadingRow {
  readonly meterId: string;
  /** Start of the interval, ms since the epoch (UTC). */
  readonly tsMs: number;
  /** Grid import, kW, mean over the interval, never negative. Not gross consumption: own PV power used at home is not in it. */
  readonly consumptionKw: number | null;
  /** Feed-in, kW, mean over the interval, never negative. */
  readonly productionKw: number | null;
  /** Line to neutral, V, mean over the interval. */
  readonly voltage: number | null;
  readonly quality: Quality;
  /** Length of the interval, s; null where the source cannot tell. */
  readonly intervalS: number | null;
  /** Counter of energy drawn (OBIS 1.8.0) at the end of the interval, kWh. It may fall when a meter is changed or rolls over. */
  readonly energyImportKwh: number | null;
  /** Counter of energy fed in (OBIS 2.8.0) at the end of the interval, kWh. */
  readonly energyExportKwh: number | null;
  /** When the row arrived, ms since the epoch, where that is later than the end of the interval by more than the usual way; else null. */
  readonly receivedMs: number | null;
}

/**
 * Many readings as columns: row i is what stands at place i of each of them. NaN is NULL; 0 in `intervalS` is NULL. A batch may be
 * reused by whoever filled it once the next one is asked for: copy what is kept longer.
 */
export interface ReadingBatch {
  /** What all rows carry in the column `source`: sim, csv, http, … */
  readonly source: string;
  /** Names of the meters that `meter` points into. */
  readonly meterIds: readonly string[];
  /** How many rows there are; the columns may be longer. */
  length: number;
  readonly meter: Uint32Array;
  readonly tsMs: Float64Array;
  readonly consumptionKw: Float64Array;
  readonly productionKw: Float64Array;
  readonly voltage: Float64Array;
  /** Places in QUALITIES. */
  readonly quality: Uint8Array;
  readonly intervalS: Uint32Array;
  readonly energyImportKwh: Float64Array;
  readonly energyExportKwh: Float64Array;
  readonly receivedMs: Float64Array;
}

/** An empty batch with room for `capacity` rows. */
export function createReadingBatch(source: string, meterIds: readonly string[], capacity: number): ReadingBatch {
  return {
    source,
    meterIds,
    length: 0,
    meter: new Uint32Array(capacity),
    tsMs: new Float64Array(capacity),
    consumptionKw: new Float64Array(capacity),
    productionKw: new Float64Array(capacity),
    voltage: new Float64Array(capacity),
    quality: new Uint8Array(capacity),
    intervalS: new Uint32Array(capacity),
    energyImportKwh: new Float64Array(capacity),
    energyExportKwh: new Float64Array(capacity),
    receivedMs: new Float64Array(capacity),
  };
}

/** A batch of these rows, in their order. Throws a RangeError for a quality that is not in the vocabulary. */
export function fillReadings(source: string, rows: readonly ReadingRow[]): ReadingBatch {
  const places = new Map<string, number>();
  for (const { meterId } of rows) if (!places.has(meterId)) places.set(meterId, places.size);
  const batch = createReadingBatch(source, [...places.keys()], rows.length);
  rows.forEach((row, index) => {
    const code = qualityCode(row.quality);
    if (code === undefined) throw new RangeError(`quality ${row.quality} is not in the vocabulary`);
    batch.meter[index] = places.get(row.meterId) ?? 0;
    batch.tsMs[index] = row.tsMs;
    batch.consumptionKw[index] = row.consumptionKw ?? Number.NaN;
    batch.productionKw[index] = row.productionKw ?? Number.NaN;
    batch.voltage[index] = row.voltage ?? Number.NaN;
    batch.quality[index] = code;
    batch.intervalS[index] = row.intervalS ?? 0;
    batch.energyImportKwh[index] = row.energyImportKwh ?? Number.NaN;
    batch.energyExportKwh[index] = row.energyExportKwh ?? Number.NaN;
    batch.receivedMs[index] = row.receivedMs ?? Number.NaN;
  });
  batch.length = rows.length;
  return batch;
}

/** The rows of a batch as plain objects: for tests, previews and small numbers of rows. */
export function readingsOf(batch: ReadingBatch): ReadingRow[] {
  return Array.from({ length: batch.length }, (_, index) => ({
    meterId: batch.meterIds[batch.meter[index] ?? 0] ?? '',
    tsMs: batch.tsMs[index] ?? Number.NaN,
    consumptionKw: orNull(batch.consumptionKw[index]),
    productionKw: orNull(batch.productionKw[index]),
    voltage: orNull(batch.voltage[index]),
    quality: qualityWord(batch.quality[index] ?? 0),
    intervalS: batch.intervalS[index] || null,
    energyImportKwh: orNull(batch.energyImportKwh[index]),
    energyExportKwh: orNull(batch.energyExportKwh[index]),
    receivedMs: orNull(batch.receivedMs[index]),
  }));
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
