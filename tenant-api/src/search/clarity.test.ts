import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clarity } from './clarity.ts';

const hits = (...scores: number[]): { id: string; score: number }[] =>
  scores.map((score, index) => ({ id: `h${index}`, score }));
const alike = (count: number, score: number): number[] => Array.from({ length: count }, () => score);

describe('what stands out', () => {
  it('is a best candidate far ahead of many', () => {
    expect(clarity({ lexical: hits(10, ...alike(30, 2)), dense: [] }).standsOut).toBeCloseTo(0.8);
    expect(clarity({ lexical: hits(10, ...alike(30, 10)), dense: [] }).standsOut).toBeCloseTo(0);
  });
  it('is not told by few candidates, and by none not at all', () => {
    expect(clarity({ lexical: hits(10), dense: [] }).standsOut).toBeCloseTo(0.5);
    expect(clarity({ lexical: [], dense: hits(0.9, 0.1) })).toEqual({ standsOut: 0, agreement: 0 });
  });
  it('is between 0 and 1, whatever the scores', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 50 }), (scores) => {
        const { standsOut } = clarity({ lexical: hits(...scores.sort((a, b) => b - a)), dense: [] });
        expect(standsOut).toBeGreaterThanOrEqual(-1e-9);
        expect(standsOut).toBeLessThanOrEqual(1);
      }),
    );
  });
});

it('tells how high the vectors put what the words put first', () => {
  const lexical = hits(10, 5);
  const dense = (...ids: string[]): { id: string; score: number }[] =>
    ids.map((id, n) => ({ id, score: 0.9 - n / 10 }));
  expect(clarity({ lexical, dense: dense('h0', 'h1') }).agreement).toBe(1);
  expect(clarity({ lexical, dense: dense('x', 'h0') }).agreement).toBe(0.5);
  expect(clarity({ lexical, dense: dense('x', 'h1') }).agreement).toBe(0);
});
