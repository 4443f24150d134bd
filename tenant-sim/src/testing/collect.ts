import {
  pricesOf,
  readingsOf,
  type PriceRow,
  type PriceSource,
  type ReadingRow,
  type ReadingSource,
  type StoredMeter,
  type StoredPrices,
} from '@luna-iems/series';

export interface Moment {
  readonly nowMs: number;
  readonly batchRows?: number;
}

/** Everything that a source gives at a moment, as rows. */
export async function collectReadings(
  source: ReadingSource,
  stored: readonly StoredMeter[],
  { nowMs, batchRows = 500 }: Moment,
): Promise<ReadingRow[]> {
  const rows: ReadingRow[] = [];
  for await (const batch of source.read({ stored, nowMs, batchRows })) rows.push(...readingsOf(batch));
  return rows;
}

export async function collectPrices(
  source: PriceSource,
  stored: readonly StoredPrices[],
  { nowMs, batchRows = 500 }: Moment,
): Promise<PriceRow[]> {
  const rows: PriceRow[] = [];
  for await (const batch of source.read({ stored, nowMs, batchRows })) rows.push(...pricesOf(batch));
  return rows;
}

/** A table in memory that keeps the first row of each meter and time, as the real one does, and knows where its rows end. */
export class ReadingTable {
  readonly #rows = new Map<string, ReadingRow>();

  put(rows: readonly ReadingRow[]): void {
    for (const row of rows) {
      const key = `${row.meterId} ${String(row.tsMs).padStart(15, '0')}`;
      if (!this.#rows.has(key)) this.#rows.set(key, row);
    }
  }

  /** In the order of meter and time. */
  rows(): ReadingRow[] {
    return [...this.#rows.keys()].sort().map((key) => this.#rows.get(key) as ReadingRow);
  }

  stored(): StoredMeter[] {
    const ends = new Map<string, StoredMeter>();
    for (const row of this.rows()) {
      const counters =
        row.energyImportKwh === null || row.energyExportKwh === null
          ? (ends.get(row.meterId)?.counters ?? null)
          : {
              tsMs: row.tsMs,
              intervalS: row.intervalS,
              energyImportKwh: row.energyImportKwh,
              energyExportKwh: row.energyExportKwh,
            };
      ends.set(row.meterId, { meterId: row.meterId, tsMs: row.tsMs, intervalS: row.intervalS, counters });
    }
    return [...ends.values()];
  }
}
