import type { Queryable } from '../pool.ts';
import { sql } from '../sql.ts';

/** The price of one delivery interval that starts at `ts`. */
export interface Price {
  readonly market: string;
  readonly product: string;
  readonly ts: Date;
  readonly priceEurMwh: number | null;
  /** MWh. */
  readonly volume: number | null;
  readonly source: string;
  readonly resolutionS: number;
  readonly publishedAt: Date | null;
}

/** Writes prices in one statement and returns how many were new; a price that is there already stays as it is. */
export function insertPrices(db: Queryable, rows: readonly Price[]): Promise<number> {
  if (rows.length === 0) return Promise.resolve(0);
  return db.execute(sql`
    insert into market_prices (market, product, ts, price_eur_mwh, volume, source, resolution_s, published_at)
    select * from unnest(
      ${rows.map((row) => row.market)}::text[], ${rows.map((row) => row.product)}::text[],
      ${rows.map((row) => row.ts.toISOString())}::timestamptz[], ${rows.map((row) => row.priceEurMwh)}::double precision[],
      ${rows.map((row) => row.volume)}::double precision[], ${rows.map((row) => row.source)}::text[],
      ${rows.map((row) => row.resolutionS)}::int[],
      ${rows.map((row) => row.publishedAt?.toISOString() ?? null)}::timestamptz[])
    on conflict (market, product, ts) do nothing`);
}

/** Start of the newest delivery interval of a series from one source; undefined when it has none. */
export async function readLastPrice(
  db: Queryable,
  series: { readonly market: string; readonly product: string; readonly source: string },
): Promise<Date | undefined> {
  const [row] = await db.query<{ ts: Date }>(sql`select ts from market_prices
    where market = ${series.market} and product = ${series.product} and source = ${series.source}
    order by ts desc limit 1`);
  return row?.ts;
}
