import type { Queryable } from '../pool.ts';
import { sql } from '../sql.ts';

/** What somebody did with an item. The sender chooses `eventId` and `ts`, so that sending twice counts once. */
export interface NewEvent {
  readonly eventId: string;
  readonly ts: Date;
  readonly type: string;
  readonly userId?: string | undefined;
  readonly itemId?: string | undefined;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

/** Stores the events that are not there yet and returns how many those were. */
export async function insertEvents(db: Queryable, events: readonly NewEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  return db.execute(sql`
    insert into events (event_id, ts, type, user_id, item_id, meta)
    select * from unnest(${events.map((event) => event.eventId)}::uuid[], ${events.map((event) => event.ts.toISOString())}::timestamptz[],
      ${events.map((event) => event.type)}::text[], ${events.map((event) => event.userId ?? null)}::uuid[],
      ${events.map((event) => event.itemId ?? null)}::uuid[], ${events.map((event) => JSON.stringify(event.meta ?? {}))}::jsonb[])
    on conflict (event_id, ts) do nothing`);
}
