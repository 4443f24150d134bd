import { fillPrices, fillReadings } from '@luna-iems/series';
import {
  readStoredMeters,
  readStoredPrices,
  type Database,
  type SeriesWriter,
  type WriteNote,
} from '@luna-iems/tenant-db';
import type { LoadedSeed } from '../seeds/load.ts';

export interface WriteSeedsDeps {
  readonly db: Database;
  readonly writer: SeriesWriter;
  readonly seeds: readonly LoadedSeed[];
  readonly note: WriteNote;
}

const BATCH_ROWS = 5_000;

/** Writes the rows of files that are not stored yet. Running it again, or two at once, changes nothing. */
export async function writeSeeds({ db, writer, seeds, note }: WriteSeedsDeps): Promise<void> {
  for (const seed of seeds) {
    const readings = await newReadings(db, seed);
    for (let from = 0; from < readings.length; from += BATCH_ROWS) {
      await writer.addReadings(fillReadings(seed.source, readings.slice(from, from + BATCH_ROWS)), note).done;
    }
    const prices = await newPrices(db, seed);
    for (let from = 0; from < prices.length; from += BATCH_ROWS) {
      await writer.addPrices(fillPrices(seed.source, prices.slice(from, from + BATCH_ROWS)), note).done;
    }
  }
}

/** A file is written in the order of time, so what lies after the last stored row is what is missing. */
async function newReadings(db: Database, { readings, source }: LoadedSeed): Promise<LoadedSeed['readings']> {
  if (readings.length === 0) return [];
  const meterIds = [...new Set(readings.map(({ meterId }) => meterId))];
  const ends = new Map((await readStoredMeters(db, meterIds, source)).map(({ meterId, tsMs }) => [meterId, tsMs]));
  return readings.filter(({ meterId, tsMs }) => tsMs > (ends.get(meterId) ?? -Infinity));
}

async function newPrices(db: Database, { prices, source }: LoadedSeed): Promise<LoadedSeed['prices']> {
  if (prices.length === 0) return [];
  const stored = await readStoredPrices(db, source);
  const ends = new Map(stored.map(({ market, product, tsMs }) => [`${market}/${product}`, tsMs]));
  return prices.filter(({ market, product, tsMs }) => tsMs > (ends.get(`${market}/${product}`) ?? -Infinity));
}
