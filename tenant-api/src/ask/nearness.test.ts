import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearnessOf } from './nearness.ts';

describe('nearness', () => {
  it('goes from the farthest sentence to the nearest', () => {
    const vectors = [
      [1, 0],
      [0.6, 0.8],
      [0.8, 0.6],
    ];
    const nearness = nearnessOf([1, 0], ['nah', 'fern', 'dazwischen'], vectors);
    expect([...nearness].map(([text, value]) => [text, Number(value.toFixed(6))])).toEqual([
      ['nah', 1],
      ['fern', 0],
      ['dazwischen', 0.5],
    ]);
  });
  it('is not known of a sentence that could not be embedded', () =>
    expect([...nearnessOf([1, 0], ['eins', 'zwei'], [undefined, [1, 0]]).keys()]).toEqual(['zwei']));
  it('of nothing is nothing', () => expect(nearnessOf([1, 0], [], []).size).toBe(0));
  it('property: does not depend on the range in which a model has its cosines', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 2 }), (angles) => {
        const texts = angles.map(String);
        const at = (degrees: number): number[] => [
          Math.cos((degrees * Math.PI) / 180),
          Math.sin((degrees * Math.PI) / 180),
        ];
        // Squeezed into cosines from 0.8 to 1, as some models have them for all texts.
        const squeezed = (degrees: number): number[] => {
          const cosine = 0.8 + 0.2 * Math.cos((degrees * Math.PI) / 180);
          return [cosine, Math.sqrt(Math.max(0, 1 - cosine * cosine))];
        };
        const wide = nearnessOf([1, 0], texts, angles.map(at));
        const narrow = nearnessOf([1, 0], texts, angles.map(squeezed));
        for (const text of texts) expect(narrow.get(text)).toBeCloseTo(wide.get(text) ?? NaN, 6);
      }),
    ));
});
