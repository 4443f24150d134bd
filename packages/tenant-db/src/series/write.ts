import type { PriceBatch, ReadingBatch } from '@luna-iems/series';
import { LunaError } from '@luna-iems/service-kit';
import { DatabaseError } from '../errors.ts';
import type { Database, Queryable, Transaction } from '../pool.ts';
import { sql } from '../sql.ts';
import { encodePrices, encodeReadings, PRICE_COLUMNS, READING_COLUMNS, type Encoded } from './encode.ts';

/** What became of a batch. */
export interface Written {
  /** Rows that are in the table now and were not before. */
  readonly added: number;
  /** Rows that were sent: those of series that a live source feeds are not. */
  readonly sent: number;
}

/** The record of a batch, written with it or not at all. */
export interface WriteNote {
  readonly type: string;
  readonly at: Date;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** A batch on its way. */
export interface Writing {
  /** Its bytes have left this process: the time to make the next batch, while the server works. Resolves, too, when it fails. */
  readonly sent: Promise<void>;
  readonly done: Promise<Written>;
}

/**
 * Where a simulator writes. Each batch is one transaction with the event that tells of it; a row that is there already stays, so
 * batches may come again, in pieces, and from several processes at once. Series that a live source feeds are left out. The batch is
 * free again as soon as the call returns.
 */
export interface SeriesWriter {
  addReadings(batch: ReadingBatch, note: WriteNote): Writing;
  addPrices(batch: PriceBatch, note: WriteNote): Writing;
}

export interface SeriesWriterDeps {
  readonly db: Pick<Database, 'transaction'>;
  /** Names of live meters, and of live price series as `market/product`, as they were when the run began. */
  readonly live: ReadonlySet<string>;
}

const UNIQUE_VIOLATION = '23505';

interface Way {
  readonly kind: 'meter' | 'price';
  readonly table: string;
  readonly columns: string;
  readonly room: string;
  /** Puts what is in the room where it belongs and returns how many rows were new. */
  readonly settle: (tx: Queryable) => Promise<number>;
}

const READINGS: Way = {
  kind: 'meter',
  table: 'smart_meter_readings',
  columns: READING_COLUMNS,
  room: 'pg_temp.readings_in',
  settle: async (tx) => {
    const [row] = await tx.query<{ added: number }>(sql`select series_add_readings() as added`);
    return row?.added ?? 0;
  },
};

const PRICES: Way = {
  kind: 'price',
  table: 'market_prices',
  columns: PRICE_COLUMNS,
  room: 'pg_temp.prices_in',
  // series_put_prices() is for live sources: to it the prices of a file would be live ones, and the simulation would end with them.
  settle: (tx) =>
    tx.execute(
      sql`insert into market_prices select * from pg_temp.prices_in on conflict (market, product, ts) do nothing`,
    ),
};

/**
 * Rows are copied straight into the table, which is fastest and right as long as they are new; once one is not, the batch is undone
 * and goes through the waiting room, as do later ones until all of a batch was new again. A series that a live source takes over
 * meanwhile ends the run with `LUNA_SERIES_LIVE`; the next one knows.
 */
export function createSeriesWriter({ db, live }: SeriesWriterDeps): SeriesWriter {
  const isLive = (name: string): boolean => live.has(name);
  const readings = writerFor(READINGS, { db, live });
  const prices = writerFor(PRICES, { db, live });
  return {
    addReadings: (batch, note) => readings(encodeReadings(batch, isLive), note),
    addPrices: (batch, note) => prices(encodePrices(batch, isLive), note),
  };
}

function writerFor(way: Way, { db, live }: SeriesWriterDeps): (encoded: Encoded, note: WriteNote) => Writing {
  let straight = true;
  const write = (encoded: Encoded, note: WriteNote, onSent: () => void): Promise<Written> =>
    db.transaction(async (tx) => {
      await keepLiveSeriesAs(tx, way.kind, live);
      const added = straight
        ? await tx.copyIn(`copy ${way.table} (${way.columns}) from stdin (format binary)`, encoded.bytes, onSent)
        : await copyThroughRoom(tx, way, encoded);
      if (added > 0) await tellOf(tx, note, { ...encoded, rows: added });
      return { added, sent: encoded.rows };
    });
  const settle = async (encoded: Encoded, note: WriteNote, onSent: () => void): Promise<Written> => {
    if (encoded.rows === 0) return { added: 0, sent: 0 };
    try {
      const written = await write(encoded, note, onSent);
      straight ||= written.added === written.sent;
      return written;
    } catch (error) {
      if (!straight || !(error instanceof DatabaseError) || error.sqlState !== UNIQUE_VIOLATION) throw error;
      straight = false;
      return write(encoded, note, onSent);
    }
  };
  return (encoded, note) => {
    let onSent: () => void = () => undefined;
    const sent = new Promise<void>((resolve) => (onSent = resolve));
    const done = settle(encoded, note, onSent);
    done.then(onSent, onSent);
    return { sent, done };
  };
}

/** None is added before this transaction ends. Two statements, because the second must see what the first waited for. */
async function keepLiveSeriesAs(tx: Queryable, kind: 'meter' | 'price', known: ReadonlySet<string>): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtext('luna.series.live'))`);
  const now = await readLiveSeries(tx, kind);
  const added = [...now].filter((name) => !known.has(name));
  if (added.length === 0) return;
  throw new LunaError(
    'LUNA_SERIES_LIVE',
    `a live source took over ${added.join(', ')} while this run was under way; the next run leaves it alone`,
  );
}

/** Names of the series that a live source feeds: meters, or prices as `market/product`. */
export async function readLiveSeries(db: Queryable, kind: 'meter' | 'price'): Promise<Set<string>> {
  const rows = await db.query<{ name: string }>(sql`select name from live_series where kind = ${kind}`);
  return new Set(rows.map((row) => row.name));
}

async function copyThroughRoom(tx: Transaction, way: Way, encoded: Encoded): Promise<number> {
  await copyIntoRoom(tx, way, encoded);
  return way.settle(tx);
}

async function copyIntoRoom(tx: Transaction, way: Pick<Way, 'room' | 'columns'>, { bytes }: Encoded): Promise<void> {
  await tx.execute(sql`select series_waiting_room()`);
  await tx.copyIn(`copy ${way.room} (${way.columns}) from stdin (format binary)`, bytes);
}

/** Without `on conflict`, which would want the right to read events too. */
async function tellOf(tx: Queryable, note: WriteNote, { rows, fromMs, toMs }: Encoded): Promise<void> {
  const meta = { ...note.meta, rows, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  await tx.execute(
    sql`insert into events (ts, type, meta) values (${note.at}, ${note.type}, ${JSON.stringify(meta)}::jsonb)`,
  );
}

/** What became of live rows. Their sum, `displaced` aside, is the number of different keys that came. */
export interface PutCounts {
  readonly stored: number;
  /** Other values than before count now: simulated, missing or estimated ones gave way, or a price was published again. */
  readonly replaced: number;
  /** They were there with these very values. */
  readonly unchanged: number;
  /** Other values are there and stay. */
  readonly kept: number;
  /** Simulated rows that had to go because a live one covers their time. */
  readonly displaced: number;
}

const NOTHING: PutCounts = { stored: 0, replaced: 0, unchanged: 0, kept: 0, displaced: 0 };

/**
 * Stores live readings in one transaction; the same ones again change nothing. From its first one on a meter is live: the simulator
 * leaves it alone, and its history stays. `replace` lets the new values win over measured ones that are there.
 */
export function putReadings(
  db: Database,
  batch: ReadingBatch,
  options: { readonly replace: boolean },
): Promise<PutCounts> {
  if (batch.length === 0) return Promise.resolve(NOTHING);
  return db.transaction(async (tx) => {
    await copyIntoRoom(
      tx,
      READINGS,
      encodeReadings(batch, () => false),
    );
    const [counts] = await tx.query<PutCounts>(sql`select * from series_put_readings(${options.replace})`);
    return counts ?? NOTHING;
  });
}

/** Stores live prices in one transaction; of two for the same interval the one that was published later counts. */
export function putPrices(db: Database, batch: PriceBatch): Promise<PutCounts> {
  if (batch.length === 0) return Promise.resolve(NOTHING);
  return db.transaction(async (tx) => {
    await copyIntoRoom(
      tx,
      PRICES,
      encodePrices(batch, () => false),
    );
    const [counts] = await tx.query<PutCounts>(sql`select * from series_put_prices()`);
    return counts ?? NOTHING;
  });
}
