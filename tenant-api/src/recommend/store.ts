import { sql, type Database } from '@luna-iems/tenant-db';
import type { UserEvent } from './interests.ts';

/** An item as far as recommending looks at it. */
export interface KnownItem {
  itemId: string;
  title: string;
  source: string;
  tags: string[];
  url: string | null;
  createdAt: Date;
  /** Users' events with it lately, but those that turn away. */
  popularity: number;
}

/** Events that are looked at, the latest first. */
const EVENTS = 500;
const DAYS = 180;
/** Items that are weighed at a time; the newest of those with the tags in question. */
const ITEMS = 500;
const POPULAR_DAYS = 30;

/** What a user did with items that are still there. */
export function readUserEvents(db: Database, userId: string): Promise<UserEvent[]> {
  return db.query<UserEvent>(sql`select e.item_id as "itemId", e.type, e.ts
    from events e join items i on i.item_id = e.item_id
    where e.user_id = ${userId} and e.ts > now() - make_interval(days => ${DAYS})
    order by e.ts desc limit ${EVENTS}`);
}

/**
 * Live items: the given ones, those with one of the tags, and the newest. `allowed` narrows all of them to items with one of
 * its tags; empty for no narrowing.
 */
export function readCandidates(
  db: Database,
  wanted: { itemIds: readonly string[]; tags: readonly string[]; allowed: readonly string[] },
): Promise<KnownItem[]> {
  const { itemIds, tags, allowed } = wanted;
  return db.query<KnownItem>(sql`with chosen as (
      select item_id, (item_id = any(${[...itemIds]}::uuid[])) as named, (tags && ${[...tags]}::text[]) as tagged, created_at
      from items where version > 0 and (${allowed.length === 0} or tags && ${[...allowed]}::text[])
      order by named desc, tagged desc, created_at desc, item_id limit ${ITEMS})
    select i.item_id as "itemId", i.title, i.source, i.tags, i.url, i.created_at as "createdAt",
      (select count(*)::int from events e where e.item_id = i.item_id and e.type not in ('dislike', 'dismiss')
        and e.ts > now() - make_interval(days => ${POPULAR_DAYS})) as popularity
    from chosen join items i using (item_id)`);
}

/** Title and tags of items, in no order. */
export function readTitles(
  db: Database,
  itemIds: readonly string[],
): Promise<{ itemId: string; title: string; tags: string[] }[]> {
  if (itemIds.length === 0) return Promise.resolve([]);
  return db.query(sql`select item_id as "itemId", title, tags from items where item_id = any(${[...itemIds]}::uuid[])`);
}
