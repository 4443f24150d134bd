import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanFigures, pairedDifference, quantile, rankFigures } from './rank-metrics.ts';

const judged = new Map([
  ['a', 2],
  ['b', 1],
  ['x', 0],
]);

describe('figures of a ranking', () => {
  it('agree with a computation by hand', () => {
    // DCG = 1/log2(3) + 2/log2(4); the ideal order has 2/log2(2) + 1/log2(3).
    const { ndcg10, recall10, mrr10 } = rankFigures(['x', 'b', 'a'], judged);
    expect(ndcg10).toBeCloseTo((1 / Math.log2(3) + 1) / (2 + 1 / Math.log2(3)), 12);
    expect([recall10, mrr10]).toEqual([1, 0.5]);
  });

  it('look at ten documents only, and count a document once', () => {
    const far = [...Array.from({ length: 10 }, (_, i) => `n${i}`), 'a'];
    expect(rankFigures(far, judged)).toEqual({ ndcg10: 0, recall10: 0, mrr10: 0 });
    expect(rankFigures(['b', 'b', 'b'], new Map([['b', 1]]))).toEqual({ ndcg10: 1, recall10: 1, mrr10: 1 });
  });

  it('stay between 0 and 1, and are 1 for the ideal order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 10 }), (ids) => {
        const judgements = new Map(ids.map((id, index) => [id, ids.length - index]));
        for (const value of Object.values(rankFigures(ids.toReversed(), judgements))) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(rankFigures(ids, judgements).ndcg10).toBeCloseTo(1, 12);
      }),
    );
  });

  it('are averaged over queries', () => {
    expect(meanFigures([])).toEqual({ ndcg10: 0, recall10: 0, mrr10: 0 });
    const one = { ndcg10: 1, recall10: 1, mrr10: 1 };
    const none = { ndcg10: 0, recall10: 0, mrr10: 0 };
    expect(meanFigures([one, none])).toEqual({ ndcg10: 0.5, recall10: 0.5, mrr10: 0.5 });
  });
});

describe('quantile', () => {
  it('is a value of the set', () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(quantile([3, 1, 2], 0.95)).toBe(3);
    expect(quantile([], 0.5)).toBe(0);
  });
});

describe('a paired difference', () => {
  it('agrees with a computation by hand where every value is a group', () => {
    const { first, second, values, difference, standardError } = pairedDifference([[1], [0.5], [0]], [[0], [0.5], [0]]);
    expect([first, second, values]).toEqual([0.5, 1 / 6, 3]);
    expect(difference).toBeCloseTo(1 / 3, 12);
    // Differences 1, 0, 0: variance 1/3, of the mean of three 1/9.
    expect(standardError).toBeCloseTo(1 / 3, 12);
  });
  it('knows as much of a group asked ten times over as of the group asked once', () => {
    const once: [number[][], number[][]] = [
      [[1], [0.5], [0]],
      [[0], [0.5], [0]],
    ];
    const often = once.map((groups) => groups.map(([one]) => Array.from({ length: 10 }, () => one ?? 0)));
    expect(pairedDifference(often[0] ?? [], often[1] ?? []).standardError).toBeCloseTo(
      pairedDifference(...once).standardError,
      12,
    );
  });
  it('is nothing without values', () =>
    expect(pairedDifference([[]], [[]])).toEqual({
      ...{ first: 0, second: 0, values: 0, difference: 0, standardError: 0 },
    }));
});
