/** What a user did with an item. */
export interface UserEvent {
  itemId: string;
  type: string;
  ts: Date;
}

/** What a user turns to, as far as it shows: by item and by tag. Weights are relative; below 0 is turned away from. */
export interface Interests {
  items: ReadonlyMap<string, number>;
  tags: ReadonlyMap<string, number>;
}

/** What an event says of the interest in its item. Types that are not named say as much as a view. */
const weights: Readonly<Record<string, number>> = {
  view: 1,
  click: 2,
  copy: 2,
  download: 2,
  like: 4,
  solve: 4,
  dislike: -4,
  dismiss: -2,
};
const OTHER = 1;
/** After this time an event says half as much. */
const HALF_LIFE_DAYS = 30;
/** Many views of one item are one habit, not many interests. */
const MOST_OF_AN_ITEM = 8;
const DAY_MS = 24 * 3600 * 1000;

function decayed(event: UserEvent, now: Date): number {
  const days = Math.max(0, (now.getTime() - event.ts.getTime()) / DAY_MS);
  return (weights[event.type] ?? OTHER) * 0.5 ** (days / HALF_LIFE_DAYS);
}

/**
 * A user's interests from their events. `tagsOf` gives the tags of an item; an item's weight is shared among them, so that an
 * item with many tags does not count more than one with few. Pure.
 */
export function interestsOf(
  events: readonly UserEvent[],
  tagsOf: ReadonlyMap<string, readonly string[]>,
  now: Date,
): Interests {
  const items = new Map<string, number>();
  for (const event of events) {
    const sum = (items.get(event.itemId) ?? 0) + decayed(event, now);
    items.set(event.itemId, Math.max(-MOST_OF_AN_ITEM, Math.min(MOST_OF_AN_ITEM, sum)));
  }
  const tags = new Map<string, number>();
  for (const [itemId, weight] of items) {
    const own = tagsOf.get(itemId) ?? [];
    for (const tag of own) tags.set(tag, (tags.get(tag) ?? 0) + weight / own.length);
  }
  return { items, tags };
}

/** The items that a user turns to most, the most first; none they turned away from. */
export function favourites({ items }: Interests, most: number): string[] {
  return [...items]
    .filter(([, weight]) => weight > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([itemId]) => itemId);
}
