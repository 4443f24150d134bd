/** An item that might be recommended, with everything that is known of how it fits. All numbers are 0..1. */
export interface CandidateItem {
  itemId: string;
  features: Features;
}

/** What every ranker decides on. The order of the names is the order of a learned model's weights. */
export interface Features {
  /** How near its text is to what the user turns to or has written. */
  content: number;
  /** How much of the user's interest in tags it meets. */
  tags: number;
  /** How much others turn to it. */
  popularity: number;
  /** How new it is. */
  recency: number;
}

export const featureNames = ['content', 'tags', 'popularity', 'recency'] as const satisfies readonly (keyof Features)[];

export interface RankedItem extends CandidateItem {
  score: number;
  /** How probable it was that this item came to this place; 1 where the ranker does not draw. */
  propensity: number;
}

/**
 * Orders candidates. A learned ranker takes the place of {@link contentRanker} behind this interface: it sees the same features,
 * and answers with its own policy name and with propensities, so that what it showed can be judged later.
 */
export interface Ranker {
  /** Name and version of the policy, as it is told with each answer. */
  policy: string;
  rank(candidates: readonly CandidateItem[]): RankedItem[];
}

const share: Readonly<Features> = { content: 0.5, tags: 0.35, popularity: 0.1, recency: 0.05 };

/** Ranks by content first: a fixed weighted sum of the features. Ties keep a fixed order by id. */
export const contentRanker: Ranker = {
  policy: 'content-v1',
  rank: (candidates) =>
    candidates
      .map((one) => ({
        ...one,
        score: featureNames.reduce((sum, name) => sum + share[name] * one.features[name], 0),
        propensity: 1,
      }))
      .sort((a, b) => b.score - a.score || (a.itemId < b.itemId ? -1 : 1)),
};
