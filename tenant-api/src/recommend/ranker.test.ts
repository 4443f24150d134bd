import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentRanker, type CandidateItem } from './ranker.ts';

const value = fc.double({ min: 0, max: 1, noNaN: true });
const candidate: fc.Arbitrary<CandidateItem> = fc.record({
  itemId: fc.uuid(),
  features: fc.record({ content: value, tags: value, popularity: value, recency: value }),
});
const none = { content: 0, tags: 0, popularity: 0, recency: 0 };

describe('the ranker by content', () => {
  it('puts what is near in content or tags before what is only popular and new', () => {
    const ranked = contentRanker.rank([
      { itemId: 'popular', features: { ...none, popularity: 1, recency: 1 } },
      { itemId: 'tagged', features: { ...none, tags: 1 } },
      { itemId: 'near', features: { ...none, content: 1 } },
    ]);
    expect(ranked.map((one) => one.itemId)).toEqual(['near', 'tagged', 'popular']);
  });
  it('keeps every candidate, best first, whatever the order they came in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(candidate, { selector: (one) => one.itemId }), (candidates) => {
        const ranked = contentRanker.rank(candidates);
        expect(ranked).toHaveLength(candidates.length);
        for (const [index, one] of ranked.entries()) {
          expect(one.score).toBeLessThanOrEqual(ranked[index - 1]?.score ?? 1 + 1e-9);
          expect(one.propensity).toBe(1);
        }
        expect(contentRanker.rank(candidates.toReversed())).toEqual(ranked);
      }),
    );
  });
});
