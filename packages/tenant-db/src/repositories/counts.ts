import type { Queryable } from '../pool.ts';
import { sql } from '../sql.ts';

export interface TableCounts {
  readonly items: number;
  readonly chunks: number;
  readonly events: number;
  readonly smart_meter_readings: number;
  readonly market_prices: number;
  readonly users: number;
}

/** Exact row counts, all from one snapshot. */
export async function countTables(db: Queryable): Promise<TableCounts> {
  const [row] = await db.query<TableCounts>(sql`select
    (select count(*) from items) as items,
    (select count(*) from item_chunks) as chunks,
    (select count(*) from events) as events,
    (select count(*) from smart_meter_readings) as smart_meter_readings,
    (select count(*) from market_prices) as market_prices,
    (select count(*) from users) as users`);
  return row as TableCounts;
}
