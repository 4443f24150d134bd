import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse, type Hit } from './fuse.ts';

const hits = (scores: Record<string, number>): Hit[] => Object.entries(scores).map(([id, score]) => ({ id, score }));
const ids = (list: readonly { id: string }[]): string[] => list.map((one) => one.id);
const leg = fc
  .uniqueArray(
    fc.record({ id: fc.constantFrom(...'abcdefghij'), score: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
    { selector: (hit) => hit.id },
  )
  .map((list): Hit[] => list.toSorted((a, b) => b.score - a.score));

describe('fuse', () => {
  it('does not let a weak leg push a clear winner down, as rank fusion does', () => {
    const lexical = hits({ answer: 12, x: 2, y: 1.9 });
    const dense = hits({ y: 0.61, x: 0.6, z: 0.59, answer: 0.58 });
    expect(ids(fuse({ dense, lexical }, 0.2))[0]).toBe('answer');
  });
  it('is one leg alone at the ends of the share', () => {
    const lexical = hits({ a: 3, b: 1 });
    const dense = hits({ b: 0.9, a: 0.1 });
    expect(ids(fuse({ dense, lexical }, 0))).toEqual(['a', 'b']);
    expect(ids(fuse({ dense, lexical }, 1))).toEqual(['b', 'a']);
  });
  it('leans to the words where they have one favourite, and to the vectors where they hardly tell candidates apart', () => {
    const dense = hits({ v: 0.9, w: 0.5, x: 0.2 });
    const favourite = hits({ w: 10, x: 1, v: 0.5 });
    const crowd = hits({ w: 10, x: 9.8, v: 9.6 });
    const many = Array.from({ length: 20 }, (_, index) => ({ id: `m${index}`, score: 0.4 }));
    const crowded = many.map((hit) => ({ ...hit, score: 9.5 }));
    expect(ids(fuse({ dense, lexical: [...favourite, ...many] }, 0.75))[0]).toBe('w');
    expect(ids(fuse({ dense, lexical: [...crowd, ...crowded] }, 0.04))[0]).toBe('v');
  });
  it('keeps the raw scores, undefined where a leg did not find it', () => {
    expect(fuse({ dense: hits({ a: 0.5 }), lexical: hits({ b: 2 }) }, 0.5)).toEqual([
      { id: 'a', score: 0.5, dense: 0.5 },
      { id: 'b', score: 0.5, lexical: 2 },
    ]);
  });
  it('is the other leg where one found nothing', () => {
    expect(ids(fuse({ dense: [], lexical: hits({ a: 1, b: 2 }) }, 0.9))).toEqual(['b', 'a']);
    expect(fuse({ dense: [], lexical: [] }, 0.5)).toEqual([]);
  });
  it('never gives a leg more than all of the say', () => {
    const legs = {
      dense: [{ id: 'a', score: 0.01 }],
      lexical: [
        { id: 'h', score: 0.37671718142207694 },
        { id: 'a', score: 0.01 },
      ],
    };
    for (const { score } of fuse(legs, 1)) expect(score).toBeGreaterThanOrEqual(0);
  });
  it('finds every candidate once, best first', () => {
    fc.assert(
      fc.property(leg, leg, fc.double({ min: 0, max: 1, noNaN: true }), (dense, lexical, share) => {
        const fused = fuse({ dense, lexical }, share);
        expect(new Set(ids(fused))).toEqual(new Set([...ids(dense), ...ids(lexical)]));
        expect(fused).toHaveLength(new Set(ids(fused)).size);
        for (const [index, hit] of fused.entries()) {
          expect(hit.score).toBeGreaterThanOrEqual(0);
          expect(hit.score).toBeLessThanOrEqual(1 + 1e-9);
          expect(hit.score).toBeLessThanOrEqual(fused[index - 1]?.score ?? Infinity);
        }
      }),
    );
  });
  it('puts first what both legs put first', () => {
    fc.assert(
      fc.property(leg, leg, fc.double({ min: 0, max: 1, noNaN: true }), (dense, lexical, share) => {
        const best = { id: 'best', score: 2 };
        expect(fuse({ dense: [best, ...dense], lexical: [best, ...lexical] }, share)[0]?.id).toBe('best');
      }),
    );
  });
});
