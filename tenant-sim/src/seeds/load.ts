import { readFile } from 'node:fs/promises';
import { LunaError } from '@luna-iems/service-kit';
import type { PriceRow, ReadingRow, StoredMeter, StoredPrices } from '@luna-iems/series';
import { parquetReadObjects } from 'hyparquet';
import type { SeedConfig } from '../sim-schema.ts';
import { csvRecords } from './csv.ts';
import { pricesFrom, readingsFrom } from './convert.ts';
import type { SeedProblem, SeedRecord } from './record.ts';

/** The rows of one file, in the order of time, and the ones that were left out. */
export interface LoadedSeed {
  /** What the rows carry in the column `source`. */
  readonly source: 'csv' | 'parquet';
  readonly name: string;
  readonly readings: readonly ReadingRow[];
  readonly prices: readonly PriceRow[];
  readonly problems: readonly SeedProblem[];
}

/** Reads one seed. Throws `LUNA_SEED` when the file cannot be read or lacks a column; single wrong rows are only named. */
export async function loadSeed(seed: SeedConfig): Promise<LoadedSeed> {
  const name = seed.file ?? 'text in sim.yml';
  const isParquet = seed.file?.endsWith('.parquet') ?? false;
  try {
    const records = isParquet
      ? await parquetRecords(seed)
      : csvRecords(await textOf(seed), seed.delimiter, wanted(seed));
    const base = { source: isParquet ? ('parquet' as const) : ('csv' as const), name, readings: [], prices: [] };
    if (seed.kind === 'readings') {
      const { rows, problems } = readingsFrom(seed, records);
      return { ...base, readings: inOrder(rows), problems };
    }
    const { rows, problems } = pricesFrom(seed, records);
    return { ...base, prices: inOrder(rows), problems };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LunaError('LUNA_SEED', `${name}: ${reason}`, { cause: error });
  }
}

/** Where the loaded rows end, for the simulation to go on from. */
export function endsOf(seeds: readonly LoadedSeed[]): { meters: StoredMeter[]; prices: StoredPrices[] } {
  const meters = new Map<string, StoredMeter>();
  const prices = new Map<string, StoredPrices>();
  for (const seed of seeds) {
    for (const row of seed.readings) {
      const { meterId, tsMs, intervalS, energyImportKwh, energyExportKwh } = row;
      const counters =
        energyImportKwh === null
          ? (meters.get(meterId)?.counters ?? null)
          : { tsMs, intervalS, energyImportKwh, energyExportKwh: energyExportKwh ?? 0 };
      meters.set(meterId, { meterId, tsMs, intervalS, counters });
    }
    for (const { market, product, tsMs } of seed.prices) {
      prices.set(JSON.stringify([market, product]), { market, product, tsMs });
    }
  }
  return { meters: [...meters.values()], prices: [...prices.values()] };
}

function inOrder<Row extends { readonly tsMs: number }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => a.tsMs - b.tsMs);
}

async function textOf({ file, text }: SeedConfig): Promise<string> {
  return file === undefined ? (text ?? '') : readFile(file, 'utf8');
}

function wanted({ columns }: SeedConfig): string[] {
  return Object.values(columns).filter((name) => name !== undefined);
}

async function parquetRecords(seed: SeedConfig): Promise<SeedRecord[]> {
  const bytes = await readFile(seed.file ?? '');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const rows = await parquetReadObjects({ file });
  const [first] = rows;
  const absent = first === undefined ? [] : wanted(seed).filter((name) => !(name in first));
  if (absent.length > 0)
    throw new Error(`it has no column ${absent.join(', ')}; it has ${Object.keys(first ?? {}).join(', ')}`);
  return rows.map((values, index) => ({ line: index + 1, values }));
}
