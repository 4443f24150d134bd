import type { Queryable } from '../pool.ts';
import { identifier, sql, type Sql } from '../sql.ts';

export interface TableCounts {
  readonly items: number;
  readonly chunks: number;
  readonly events: number;
  readonly smart_meter_readings: number;
  readonly market_prices: number;
  readonly users: number;
}

/** Up to here a table is counted row by row, which takes some tens of milliseconds. */
export const EXACT_UP_TO = 200_000;

/**
 * Row counts, all from one snapshot. Tables of up to `exactUpTo` rows are counted; of a larger series it is what the server's own
 * statistics say, a few percent off, because counting millions of rows would take longer than the answer is worth.
 */
export async function countTables(db: Queryable, exactUpTo = EXACT_UP_TO): Promise<TableCounts> {
  const [row] = await db.query<TableCounts>(sql`select
    (select count(*) from items) as items,
    (select count(*) from item_chunks) as chunks,
    ${bounded('events', exactUpTo)} as events,
    ${bounded('smart_meter_readings', exactUpTo)} as smart_meter_readings,
    ${bounded('market_prices', exactUpTo)} as market_prices,
    (select count(*) from users) as users`);
  return row as TableCounts;
}

/** Statistics that are behind (a table never analysed has none) say no less than what was counted. */
function bounded(table: 'events' | 'smart_meter_readings' | 'market_prices', most: number): Sql {
  return sql`(select case when n <= ${most} then n else greatest(n, approximate_row_count(${table}::regclass)) end
    from (select count(*) as n from (select from ${identifier(table)} limit ${most + 1}) few) counted)`;
}
