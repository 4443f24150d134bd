import type { PriceBatch, PriceSeriesId, ReadingBatch, Source, StoredMeter, StoredPrices } from '@luna-iems/series';
import {
  readStoredMeters,
  readStoredPrices,
  type Database,
  type SeriesWriter,
  type WriteNote,
  type Writing,
} from '@luna-iems/tenant-db';
import { createMarketSource, createMeterSource, meterNames } from '../build.ts';
import { SEED_SOURCES } from '../seeds/load.ts';
import type { SimConfig } from '../sim-config.ts';
import { SIM_SOURCE } from '../source.ts';

/** What a run writes itself, and what it goes on from. */
const SOURCES = [SIM_SOURCE, ...SEED_SOURCES];

export interface Ends<Stored> {
  readonly stored: readonly Stored[];
  /** Of rows from files alone, where rows that are late could otherwise be put among them. */
  readonly files: readonly Stored[];
}

/** What is different between simulating meters and simulating markets. */
export interface Kind<Batch, Id, Stored> {
  /** The seeds that belong to it. */
  readonly seeds: 'readings' | 'prices';
  /** As live_series calls it. */
  readonly live: 'meter' | 'price';
  /** The type of the event that tells of a batch. */
  readonly event: string;
  /** The configured series; none while they are switched off. */
  readonly series: (config: SimConfig) => readonly Id[];
  /** As live_series calls it. */
  readonly nameOf: (id: Id) => string;
  /** Where the rows of these series end that a run goes on from. */
  readonly ends: (db: Database, ids: readonly Id[], config: SimConfig) => Promise<Ends<Stored>>;
  /** A series as if it were written as far as any run at `nowMs` could: how a live one is left out. */
  readonly written: (id: Id, nowMs: number) => Stored;
  readonly source: (config: SimConfig, goesOnFrom: readonly Stored[]) => Source<Batch, Stored>;
  /** Length of the interval of one row in seconds. */
  readonly intervalS: (batch: Batch, row: number) => number | undefined;
  readonly write: (writer: SeriesWriter, batch: Batch, note: WriteNote) => Writing;
}

export const METERS: Kind<ReadingBatch, string, StoredMeter> = {
  seeds: 'readings',
  live: 'meter',
  event: 'sim.readings',
  series: ({ meters }) => (meters.enabled ? meters.groups.flatMap(meterNames) : []),
  nameOf: (meterId) => meterId,
  ends: async (db, meterIds, { meters: { faults } }) => {
    const stored = await readStoredMeters(db, meterIds, { sources: SOURCES });
    if (faults.late_share === 0 || stored.length === 0) return { stored, files: [] };
    // Rows of files lie far behind the simulated ones as a rule, and are not looked for further back than it matters.
    const afterMs = Math.min(...stored.map(({ tsMs }) => tsMs)) - 2 * faults.late_minutes * 60_000;
    return { stored, files: await readStoredMeters(db, meterIds, { sources: SEED_SOURCES, afterMs }) };
  },
  written: (meterId, nowMs) => ({ meterId, tsMs: nowMs, intervalS: null, counters: null }),
  source: createMeterSource,
  intervalS: (batch, row) => batch.intervalS[row],
  write: (writer, batch, note) => writer.addReadings(batch, note),
};

/** Prices are known before their interval begins, but never so far ahead. */
const FAR_AHEAD_MS = 10 * 86_400_000;

export const MARKET: Kind<PriceBatch, PriceSeriesId, StoredPrices> = {
  seeds: 'prices',
  live: 'price',
  event: 'sim.prices',
  series: ({ market }) => (market.enabled ? market.series : []),
  nameOf: ({ market, product }) => `${market}/${product}`,
  ends: async (db) => ({ stored: await readStoredPrices(db, SOURCES), files: [] }),
  written: ({ market, product }, nowMs) => ({ market, product, tsMs: nowMs + FAR_AHEAD_MS }),
  source: createMarketSource,
  intervalS: (batch, row) => batch.resolutionS[row],
  write: (writer, batch, note) => writer.addPrices(batch, note),
};
