import { fillPrices, fillReadings } from '@luna-iems/series';
import type { Logger } from '@luna-iems/service-kit';
import {
  isSeedLoaded,
  recordSeed,
  type Database,
  type SeriesWriter,
  type SimRunProgress,
  type WriteNote,
  type Writing,
} from '@luna-iems/tenant-db';
import { loadSeed, seedIdOf, seedName, type LoadedSeed } from '../seeds/load.ts';
import type { SeedConfig } from '../sim-schema.ts';

export interface WriteSeedsDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly runId: string;
  readonly writer: SeriesWriter;
  /** Names of the series that the writer leaves out: a file is loaded again when others are live. */
  readonly live: ReadonlySet<string>;
  readonly note: WriteNote;
}

const BATCH_ROWS = 5_000;

/**
 * Loads the files that are not loaded yet, or that say something else than they did; of the others only the bytes are looked at. Rows
 * that are there already stay, so killed in the middle, or two at once, it changes nothing. Wrong rows are named in the log.
 */
export async function writeSeeds(seeds: readonly SeedConfig[], deps: WriteSeedsDeps): Promise<void> {
  const { db, log, runId } = deps;
  for (const seed of seeds) {
    const seedId = await seedIdOf(seed, [...deps.live].sort());
    if (await isSeedLoaded(db, seedId)) continue;
    const loaded = await loadSeed(seed);
    const { problems } = loaded;
    if (problems.length > 0) {
      const about = { seed: seedName(seed), leftOut: problems.length, first: problems.slice(0, 20) };
      log.warn(about, 'rows of a seed were left out');
    }
    await recordSeed(db, { seedId, runId, ...(await writeSeed(loaded, deps)) });
  }
}

async function writeSeed({ source, readings, prices }: LoadedSeed, deps: WriteSeedsDeps): Promise<SimRunProgress> {
  const { writer, note } = deps;
  // A file holds one of the two.
  const inOrder: readonly { readonly tsMs: number }[] = readings.length > 0 ? readings : prices;
  const rows =
    (await inBatches(readings, (some) => writer.addReadings(fillReadings(source, some), note))) +
    (await inBatches(prices, (some) => writer.addPrices(fillPrices(source, some), note)));
  return { rows, rangeFrom: instant(inOrder[0]?.tsMs), rangeTo: instant(inOrder.at(-1)?.tsMs) };
}

/** Writes one batch after the other and returns how many rows were new. */
async function inBatches<Row>(rows: readonly Row[], write: (some: readonly Row[]) => Writing): Promise<number> {
  let added = 0;
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    added += (await write(rows.slice(from, from + BATCH_ROWS)).done).added;
  }
  return added;
}

const instant = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));
