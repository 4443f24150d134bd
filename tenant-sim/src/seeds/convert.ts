import type { PriceRow, ReadingRow } from '@luna-iems/series';
import type { SeedConfig } from '../sim-schema.ts';
import { createZone } from '../time/zone.ts';
import type { SeedProblem, SeedRecord } from './record.ts';
import { ValueError, instantOf, numberOf, timeOf } from './values.ts';

export interface Converted<Row> {
  readonly rows: readonly Row[];
  readonly problems: readonly SeedProblem[];
}

/** The readings of a file; rows that cannot be understood are named instead. */
export function readingsFrom(seed: SeedConfig, records: readonly SeedRecord[]): Converted<ReadingRow> {
  const { columns, interval_s: intervalS, decimal } = seed;
  const cell = (record: SeedRecord, name: string | undefined): number | null =>
    name === undefined ? null : numberOf(record.values[name], decimal, name);
  const meterOf = (record: SeedRecord): string => {
    const value = columns.meter === undefined ? seed.meter : record.values[columns.meter];
    const meterId = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    if (meterId === '') throw new ValueError('the meter is empty');
    return meterId;
  };
  const power = (record: SeedRecord, name: string | undefined): number | null => {
    const value = cell(record, name);
    if (value === null) return null;
    if (value < 0) throw new ValueError(`${name ?? ''} is negative: ${value}; import and feed-in are two columns`);
    return kilowatts(value, seed.power_unit, intervalS);
  };
  return convert(seed, records, meterOf, (record, tsMs) => {
    const consumptionKw = power(record, columns.consumption);
    const productionKw = power(record, columns.production);
    const missing = consumptionKw === null;
    return {
      meterId: meterOf(record),
      tsMs,
      consumptionKw,
      productionKw: missing ? null : productionKw,
      voltage: missing ? null : cell(record, columns.voltage),
      quality: missing ? 'missing' : 'ok',
      intervalS,
      energyImportKwh: missing ? null : cell(record, columns.energy_import),
      energyExportKwh: missing ? null : cell(record, columns.energy_export),
      receivedMs: null,
    };
  });
}

/** The prices of a file; rows that cannot be understood are named instead. */
export function pricesFrom(seed: SeedConfig, records: readonly SeedRecord[]): Converted<PriceRow> {
  const { columns, decimal } = seed;
  const market = seed.market ?? 'DE-LU';
  const product = seed.product ?? 'DA-15';
  const factor = { 'EUR/MWh': 1, 'EUR/kWh': 1000, 'ct/kWh': 10 }[seed.price_unit as string] ?? 1;
  return convert(
    seed,
    records,
    () => product,
    (record, tsMs) => {
      const price = numberOf(record.values[columns.price ?? ''], decimal, columns.price ?? 'price');
      if (price === null) throw new ValueError(`${columns.price ?? 'price'} is empty`);
      const volume =
        columns.volume === undefined ? null : numberOf(record.values[columns.volume], decimal, columns.volume);
      const priceEurMwh = Math.round(price * factor * 1e6) / 1e6;
      return { market, product, tsMs, priceEurMwh, volume, resolutionS: seed.interval_s, publishedMs: null };
    },
  );
}

function convert<Row>(
  seed: SeedConfig,
  records: readonly SeedRecord[],
  seriesOf: (record: SeedRecord) => string,
  rowOf: (record: SeedRecord, tsMs: number) => Row,
): Converted<Row> {
  const zone = createZone(seed.timezone);
  const shift = seed.ts_is === 'end' ? seed.interval_s * 1000 : 0;
  const before = new Map<string, number>();
  const rows: Row[] = [];
  const problems: SeedProblem[] = [];
  for (const record of records) {
    try {
      if (record.problem !== undefined) throw new ValueError(record.problem);
      const series = seriesOf(record);
      const value = record.values[seed.columns.ts ?? ''];
      const instant = instantOf(timeOf(value, seed.ts_format), zone, before.get(series) ?? -Infinity, value);
      rows.push(rowOf(record, instant - shift));
      before.set(series, instant);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      problems.push({ line: record.line, reason: error.message });
    }
  }
  return { rows, problems };
}

function kilowatts(value: number, unit: unknown, intervalS: number): number {
  const hours = intervalS / 3600;
  const factor = { kW: 1, W: 1 / 1000, kWh: 1 / hours, Wh: 1 / 1000 / hours }[String(unit)] ?? 1;
  return Math.round(value * factor * 1e6) / 1e6;
}
