import { randomUUID } from 'node:crypto';
import type { Passage } from '../ask/passage.ts';
import { retrieve, type RetrieveDeps } from '../search/retrieve.ts';
import { detectLanguage } from '../text/language.ts';
import { favourites, interestsOf, type Interests } from './interests.ts';
import type { CandidateItem, Features, RankedItem, Ranker } from './ranker.ts';
import { readCandidates, readTitles, readUserEvents, type KnownItem } from './store.ts';

export interface RecommendDeps extends RetrieveDeps {
  ranker: Ranker;
}

export interface RecommendRequest {
  userId?: string;
  /** What the user is looking at: more like this. */
  itemId?: string;
  /** What the user is busy with, in words. */
  text?: string;
  /** Tags the user is interested in beside what their events show. */
  tags?: readonly string[];
  /** Only items with one of these tags. */
  onlyTags?: readonly string[];
  /** Items the user has had to do with may come again. */
  includeSeen: boolean;
  limit: number;
  signal: AbortSignal;
}

export interface Recommendation extends Omit<KnownItem, 'createdAt' | 'popularity'> {
  position: number;
  score: number;
  propensity: number;
  features: Features;
  /** What spoke for it, the most first. */
  reasons: (keyof Features)[];
}

export interface Recommendations {
  /** For events that follow: what was shown together. */
  recommendationId: string;
  policy: string;
  /** interests: of this user or of what was asked. general: nothing is known of the user, so what others turn to and what is new. */
  basis: 'interests' | 'general';
  items: Recommendation[];
}

const FAVOURITES = 8;
const PASSAGES = 50;
const TAG = 2;
const HALF_LIFE_DAYS = 60;
const DAY_MS = 24 * 3600 * 1000;
/** A feature below this is no reason. */
const SAYS_SOMETHING = 0.05;

interface Known {
  interests: Interests;
  /** What to search the documents for. */
  about: string;
}

async function knownOf(deps: RecommendDeps, request: RecommendRequest): Promise<Known> {
  const { userId, itemId, text, tags = [] } = request;
  const events = userId === undefined ? [] : await readUserEvents(deps.db, userId);
  const seen = new Set(events.map((event) => event.itemId));
  const rows = await readTitles(deps.db, [...seen, ...(itemId === undefined ? [] : [itemId])]);
  const byId = new Map(rows.map((row) => [row.itemId, row]));
  const now = deps.clock.now();
  const looking = itemId === undefined ? [] : [{ itemId, type: 'like', ts: now }];
  const tagsOf = new Map(rows.map((row) => [row.itemId, row.tags]));
  const { items, tags: shown } = interestsOf([...events, ...looking], tagsOf, now);
  const wished = new Map(shown);
  for (const tag of tags) wished.set(tag, (wished.get(tag) ?? 0) + TAG);
  const interests = { items, tags: wished };
  const titles = favourites(interests, FAVOURITES).flatMap((id) => byId.get(id)?.title ?? []);
  return { interests, about: [text ?? '', ...titles, ...tags].join('\n').trim() };
}

/** The best passage of each item says how near the item is. */
function nearness(passages: readonly Passage[]): Map<string, number> {
  const near = new Map<string, number>();
  for (const { itemId, score } of passages) near.set(itemId, Math.max(near.get(itemId) ?? 0, score));
  return near;
}

function featuresOf(
  item: KnownItem,
  around: { known: Known; near: Map<string, number>; most: number; now: Date },
): Features {
  const { known, near, most, now } = around;
  const strongest = Math.max(...known.interests.tags.values(), 0);
  const met = item.tags.map((tag) => known.interests.tags.get(tag) ?? 0);
  const days = Math.max(0, (now.getTime() - item.createdAt.getTime()) / DAY_MS);
  return {
    content: Math.min(1, near.get(item.itemId) ?? 0),
    tags: strongest > 0 ? Math.max(0, ...met) / strongest : 0,
    popularity: most > 0 ? Math.log1p(item.popularity) / Math.log1p(most) : 0,
    recency: 0.5 ** (days / HALF_LIFE_DAYS),
  };
}

function toldOf(ranked: RankedItem, item: KnownItem, position: number): Recommendation {
  const { itemId, title, source, tags, url } = item;
  const { score, propensity, features } = ranked;
  const reasons = (Object.keys(features) as (keyof Features)[])
    .filter((name) => features[name] >= SAYS_SOMETHING)
    .sort((a, b) => features[b] - features[a]);
  return { itemId, title, source, tags, url, position, score, propensity, features, reasons };
}

/**
 * Items for a user, best first: from what they did with items before, what they look at or write, and their tags; where nothing of
 * this is known, what others turn to and what is new. Search works with words alone while the model is away.
 */
export async function recommend(deps: RecommendDeps, request: RecommendRequest): Promise<Recommendations> {
  const known = await knownOf(deps, request);
  const { interests, about } = known;
  const { passages } =
    about === ''
      ? { passages: [] }
      : await retrieve(deps, {
          ...{ question: about, language: detectLanguage(about), topK: PASSAGES, signal: request.signal },
          filter: request.onlyTags ? { tags: request.onlyTags } : {},
        });
  const near = nearness(passages);
  const items = await readCandidates(deps.db, {
    itemIds: [...near.keys()],
    tags: [...interests.tags].filter(([, weight]) => weight > 0).map(([tag]) => tag),
    allowed: request.onlyTags ?? [],
  });
  const hidden = (id: string): boolean =>
    id === request.itemId || (interests.items.get(id) ?? 0) < 0 || (!request.includeSeen && interests.items.has(id));
  const shown = items.filter((item) => !hidden(item.itemId));
  const around = { known, near, most: Math.max(0, ...shown.map((item) => item.popularity)), now: deps.clock.now() };
  const candidates = shown.map((item): CandidateItem => ({ itemId: item.itemId, features: featuresOf(item, around) }));
  const byId = new Map(shown.map((item) => [item.itemId, item]));
  return {
    recommendationId: randomUUID(),
    policy: deps.ranker.policy,
    basis: about === '' && interests.tags.size === 0 ? 'general' : 'interests',
    items: deps.ranker
      .rank(candidates)
      .slice(0, request.limit)
      .flatMap((one, index) => {
        const item = byId.get(one.itemId);
        return item ? [toldOf(one, item, index + 1)] : [];
      }),
  };
}
