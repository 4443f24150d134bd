import { fillPrices, fillReadings, type PriceRow, type ReadingRow } from '@luna-iems/series';
import { expect, test } from 'vitest';
import type { Database, Queryable, Session } from '../pool.ts';
import { readTimescaleEdition } from '../schema-info.ts';
import { createSeriesWriter, putPrices, putReadings } from '../series/write.ts';
import { refreshRollups } from '../series/upkeep.ts';
import { identifier, sql } from '../sql.ts';

type Db = Session & Pick<Database, 'transaction'>;

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);

/** Brings the roll-ups up to date as the edition does it: by its own policies' call, or by our job. */
async function refresh(db: Db): Promise<void> {
  if ((await readTimescaleEdition(db)) === 'apache') {
    for (let left = 1; left > 0;) left = await refreshRollups(db, 500, new Date('2027-01-01T00:00:00Z'));
    return;
  }
  for (const level of ['1min', '15min', '1h', '1d']) {
    await db.script(`call refresh_continuous_aggregate('readings_${level}_rollup', null, null)`);
  }
}

const SECONDS = { '1min': 60, '15min': 900, '1h': 3600 } as const;
type Level = keyof typeof SECONDS | '1d';
const LEVELS: readonly Level[] = ['1min', '15min', '1h', '1d'];

/** Start of the bucket, by arithmetic of its own: days of Berlin by the zone's offset on that day. */
function bucketOf(level: Level, tsMs: number): number {
  if (level !== '1d') return Math.floor(tsMs / (SECONDS[level] * 1000)) * SECONDS[level] * 1000;
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(tsMs);
  const midnights = [at(`${day}T00:00:00+01:00`), at(`${day}T00:00:00+02:00`)];
  const localHour = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Berlin',
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return midnights.find((ms) => localHour.format(ms) === `${day} 00:00`) ?? Number.NaN;
}

interface Bucket {
  importKws: number;
  importS: number;
  exportKws: number;
  most: number | null;
  missing: number;
  readings: number;
}

/** What a view must say, computed from the rows that the table should hold. */
function expected(level: Level, rows: Iterable<ReadingRow>): Map<string, Bucket> {
  const buckets = new Map<string, Bucket>();
  for (const row of rows) {
    const intervalS = row.intervalS ?? 0;
    if (level === '1min' && intervalS > 60) continue;
    const key = `${row.meterId} ${new Date(bucketOf(level, row.tsMs)).toISOString()}`;
    const bucket = buckets.get(key) ?? { importKws: 0, importS: 0, exportKws: 0, most: null, missing: 0, readings: 0 };
    buckets.set(key, bucket);
    count(bucket, row, intervalS);
  }
  return buckets;
}

function count(bucket: Bucket, { consumptionKw, productionKw }: ReadingRow, intervalS: number): void {
  bucket.readings += 1;
  if (consumptionKw === null) {
    bucket.missing += 1;
    return;
  }
  bucket.importKws += consumptionKw * intervalS;
  bucket.exportKws += (productionKw ?? 0) * intervalS;
  bucket.importS += intervalS;
  bucket.most = Math.max(bucket.most ?? 0, consumptionKw);
}

interface ViewRow {
  readonly meter: string;
  readonly ts: Date;
  readonly mean: number | null;
  readonly importKwh: number | null;
  readonly exportKwh: number | null;
  readonly covered: number | null;
  readonly most: number | null;
  readonly missing: number;
  readonly readings: number;
}

const near = (value: number): unknown => expect.closeTo(value, 9);

async function expectViews(db: Queryable, rows: readonly ReadingRow[]): Promise<void> {
  const byKey = new Map(rows.map((row) => [`${row.meterId}${row.tsMs}`, row]));
  for (const level of LEVELS) {
    const seen =
      await db.query<ViewRow>(sql`select meter_id as meter, ts, consumption_kw as mean, import_kwh as "importKwh",
      export_kwh as "exportKwh", covered_s as covered, max_consumption_kw as most, missing, readings
      from ${identifier(`readings_${level}`)}`);
    const bySeen = Object.fromEntries(
      seen.map(({ meter, ts, ...row }) => [`${meter} ${ts.toISOString()}`, { ...row, covered: row.covered ?? 0 }]),
    );
    const wanted = Object.fromEntries(
      [...expected(level, byKey.values())].map(([key, bucket]) => [
        key,
        {
          mean: bucket.importS === 0 ? null : near(bucket.importKws / bucket.importS),
          importKwh: bucket.importS === 0 ? null : near(bucket.importKws / 3600),
          exportKwh: bucket.importS === 0 ? null : near(bucket.exportKws / 3600),
          covered: bucket.importS,
          most: bucket.most,
          missing: bucket.missing,
          readings: bucket.readings,
        },
      ]),
    );
    expect(bySeen, level).toEqual(wanted);
  }
}

/** Rows of one meter over a stretch of time; each 17th did not arrive. */
function stretch(meterId: string, from: string, hours: number, intervalS: number): ReadingRow[] {
  const start = at(from);
  return Array.from({ length: (hours * 3600) / intervalS }, (_, step) => {
    const missing = step % 17 === 3;
    return {
      meterId,
      tsMs: start + step * intervalS * 1000,
      consumptionKw: missing ? null : ((step * 7) % 50) / 10,
      productionKw: missing ? null : (step % 5) / 4,
      voltage: missing ? null : 229 + (step % 3),
      quality: missing ? 'missing' : 'ok',
      intervalS,
      energyImportKwh: null,
      energyExportKwh: null,
      receivedMs: null,
    } satisfies ReadingRow;
  });
}

const note = { type: 'sim.readings', at: new Date('2026-01-01T00:00:00Z'), meta: {} };

/** The cases that both editions must answer alike; each wants an empty, migrated database. */
export function rollupCases(fresh: () => Promise<Db>): void {
  test('minutes, quarter-hours, hours and local days say what the rows say: before a refresh, after it, after more rows, after late ones', async () => {
    const db = await fresh();
    const writer = createSeriesWriter({ db, live: new Set() });
    const write = async (rows: ReadingRow[]): Promise<void> => {
      await writer.addReadings(fillReadings('sim', rows), note).done;
    };
    // Over the night when the clocks go forward, and a meter that reports by quarter-hours.
    const first = [...stretch('a', '2026-03-28T20:00:00Z', 8, 30), ...stretch('b', '2026-03-28T12:00:00Z', 30, 900)];
    await write(first);
    await expectViews(db, first);
    await refresh(db);
    await expectViews(db, first);
    const second = [...first, ...stretch('a', '2026-03-29T04:00:00Z', 3, 30)];
    await write(second.slice(first.length));
    await refresh(db);
    await expectViews(db, second);
    // Late data: below everything that was rolled up, in a bucket that is there and in one that is not; and another meter's.
    const late = [
      ...second,
      ...stretch('a', '2026-03-28T19:00:00Z', 1, 30),
      ...stretch('c', '2026-03-28T20:00:00Z', 1, 60),
      ...stretch('a', '2026-03-28T20:00:15Z', 1, 30),
      // In the same quarter-hours as its minutes: too long for the level of minutes.
      ...stretch('c', '2026-03-28T20:00:30Z', 1, 300),
    ];
    await write(late.slice(second.length));
    await refresh(db);
    await expectViews(db, late);
  });

  test('live readings that take the place of simulated and missing ones are in the views after the next refresh', async () => {
    const db = await fresh();
    const simulated = stretch('m', '2026-10-24T20:00:00Z', 8, 60);
    await createSeriesWriter({ db, live: new Set() }).addReadings(fillReadings('sim', simulated), note).done;
    await refresh(db);
    const live = stretch('m', '2026-10-25T00:00:00Z', 2, 900);
    const counts = await putReadings(db as unknown as Database, fillReadings('http', live), { replace: false });
    expect(counts).toEqual({ stored: 8, replaced: 0, unchanged: 0, kept: 0, displaced: 120 });
    const again = await putReadings(db as unknown as Database, fillReadings('http', live), { replace: false });
    expect(again).toEqual({ stored: 0, replaced: 0, unchanged: 8, kept: 0, displaced: 0 });
    await refresh(db);
    const [from, to] = [at('2026-10-25T00:00:00Z'), at('2026-10-25T02:00:00Z')];
    const left = simulated.filter(({ tsMs }) => tsMs < from || tsMs >= to);
    await expectViews(db, [...left, ...live]);
    // What did not arrive at first comes later; what was measured stays, unless it is said to be wrong.
    const filled = live.map((row) => ({
      ...row,
      consumptionKw: 9,
      productionKw: 0,
      voltage: 230,
      quality: 'ok' as const,
    }));
    const kept = await putReadings(db as unknown as Database, fillReadings('http', filled), { replace: false });
    expect(kept).toMatchObject({ stored: 0, replaced: 1, kept: 7 });
    await refresh(db);
    await expectViews(db, [
      ...left,
      ...live.map((row, index) => (row.quality === 'ok' ? row : (filled[index] ?? row))),
    ]);
    expect(await putReadings(db as unknown as Database, fillReadings('http', filled), { replace: true })).toMatchObject(
      {
        replaced: 7,
        unchanged: 1,
      },
    );
    await refresh(db);
    await expectViews(db, [...left, ...filled]);
  });

  test('a simulated hour that a live reading displaces leaves the roll-ups of its first quarter too', async () => {
    const db = await fresh();
    const hours = stretch('h', '2026-06-01T08:00:00Z', 3, 3600);
    await createSeriesWriter({ db, live: new Set() }).addReadings(fillReadings('sim', hours), note).done;
    await refresh(db);
    const live = [{ ...stretch('h', '2026-06-01T09:45:00Z', 1, 900)[0] } as ReadingRow];
    expect(await putReadings(db as unknown as Database, fillReadings('http', live), { replace: false })).toMatchObject({
      stored: 1,
      displaced: 1,
    });
    await refresh(db);
    await expectViews(db, [...hours.filter(({ tsMs }) => tsMs !== at('2026-06-01T09:00:00Z')), ...live]);
  });

  test('prices by quarter-hour, hour and local day follow a restated price at once; a live one outranks a simulated one for good', async () => {
    const db = await fresh();
    const price = (tsMs: number, priceEurMwh: number, more: Partial<PriceRow> = {}): PriceRow => ({
      ...{ market: 'DE-LU', product: 'DA-15', tsMs, priceEurMwh, volume: 10, resolutionS: 900 },
      publishedMs: at('2026-10-24T10:55:00Z'),
      ...more,
    });
    const day = at('2026-10-24T22:00:00Z');
    const prices = Array.from({ length: 100 }, (_, slot) => price(day + slot * 900_000, slot - 20));
    const writer = createSeriesWriter({ db, live: new Set() });
    const simNote = { ...note, type: 'sim.prices' };
    expect(await writer.addPrices(fillPrices('sim', prices), simNote).done).toEqual({ added: 100, sent: 100 });
    const read = async (view: string, product = 'DA-15'): Promise<{ ts: Date; price: number }[]> =>
      db.query(sql`select ts, price_eur_mwh as price from ${identifier(view)} where product = ${product} order by ts`);
    expect(await read('prices_1d')).toEqual([{ ts: new Date(day), price: 29.5 }]);
    expect(await read('prices_1h')).toHaveLength(25);
    expect((await read('prices_1h'))[3]).toEqual({ ts: new Date(day + 3 * HOUR), price: -6.5 });

    const restated = prices.map((row) => ({
      ...row,
      priceEurMwh: (row.priceEurMwh ?? 0) + 10,
      publishedMs: at('2026-10-24T11:30:00Z'),
    }));
    const put = (rows: PriceRow[], source = 'http'): ReturnType<typeof putPrices> =>
      putPrices(db as unknown as Database, fillPrices(source, rows));
    expect(await put(restated)).toEqual({ stored: 100, replaced: 0, unchanged: 0, kept: 0, displaced: 100 });
    expect(await read('prices_1d')).toEqual([{ ts: new Date(day), price: 39.5 }]);
    // An older publication, and anything simulated, do not come back.
    expect(await put(prices)).toMatchObject({ kept: 100, replaced: 0 });
    expect(await put([price(day, 99, { publishedMs: at('2026-10-24T12:00:00Z') })])).toMatchObject({ replaced: 1 });
    expect(await put(restated)).toMatchObject({ unchanged: 99, kept: 1 });
    expect(await read('prices_1d')).toEqual([{ ts: new Date(day), price: near(39.5 + (99 + 10) / 100) }]);
    await expect(writer.addPrices(fillPrices('sim', prices), simNote).done).rejects.toMatchObject({
      code: 'LUNA_SERIES_LIVE',
    });

    await put([price(day, 40, { product: 'DA-60', resolutionS: 3600 })]);
    expect(await read('prices_15min', 'DA-60')).toEqual(
      [0, 1, 2, 3].map((quarter) => ({ ts: new Date(day + quarter * 900_000), price: 40 })),
    );
  });
}
