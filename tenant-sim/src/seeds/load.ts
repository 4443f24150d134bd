import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { LunaError, errorMessage } from '@luna-iems/service-kit';
import type { PriceRow, ReadingRow } from '@luna-iems/series';
import { parquetReadObjects } from 'hyparquet';
import type { SeedConfig } from '../sim-schema.ts';
import { csvRecords } from './csv.ts';
import { pricesFrom, readingsFrom } from './convert.ts';
import type { SeedProblem, SeedRecord } from './record.ts';

/** What rows of files carry in the column `source`. */
export const SEED_SOURCES = ['csv', 'parquet'] as const;

/** The rows of one file, in the order of time, and the ones that were left out. */
export interface LoadedSeed {
  readonly source: (typeof SEED_SOURCES)[number];
  readonly readings: readonly ReadingRow[];
  readonly prices: readonly PriceRow[];
  readonly problems: readonly SeedProblem[];
}

/** Reads one seed. Throws `LUNA_SEED` when the file cannot be read or lacks a column; single wrong rows are only named. */
export async function loadSeed(seed: SeedConfig): Promise<LoadedSeed> {
  const isParquet = seed.file?.endsWith('.parquet') ?? false;
  try {
    const records = isParquet
      ? await parquetRecords(seed)
      : csvRecords(await textOf(seed), seed.delimiter, wanted(seed));
    const base = { source: isParquet ? ('parquet' as const) : ('csv' as const), readings: [], prices: [] };
    if (seed.kind === 'readings') {
      const { rows, problems } = readingsFrom(seed, records);
      return { ...base, readings: inOrder(rows), problems };
    }
    const { rows, problems } = pricesFrom(seed, records);
    return { ...base, prices: inOrder(rows), problems };
  } catch (error) {
    throw seedError(seed, error);
  }
}

/** What a seed is called in messages. */
export function seedName({ file }: SeedConfig): string {
  return file ?? 'text in sim.yml';
}

/**
 * The name of what a seed says, as a UUID: other bytes, other settings of how they are read, or other words in `also` give another one.
 * The file is read piece by piece and not understood. Throws `LUNA_SEED` when it cannot be read.
 */
export async function seedIdOf(seed: SeedConfig, also: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([seed, also]));
  try {
    if (seed.file !== undefined) for await (const piece of createReadStream(seed.file)) hash.update(piece as Buffer);
  } catch (error) {
    throw seedError(seed, error);
  }
  return hash.digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function seedError(seed: SeedConfig, cause: unknown): LunaError {
  return new LunaError('LUNA_SEED', `${seedName(seed)}: ${errorMessage(cause)}`, { cause });
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
