import { expect, it } from 'vitest';
import { boundsByRule, weigh, weighWith, type Weighed } from './bounds.ts';

const all = (answerable: boolean, strengths: readonly number[]): Weighed[] =>
  strengths.map((strength) => ({ answerable, strength }));
const upTo = (count: number, from: number): number[] => Array.from({ length: count }, (_, at) => from + at);

it('95 % of the answerable reach one bound, 90 % of the others do not exceed the other', () => {
  const weighed = [...all(true, upTo(20, 5)), ...all(false, upTo(10, 0))];
  expect(boundsByRule(weighed)).toEqual({ area: 1 - 12.5 / 200, doubtful: 6, clear: 8, refused: 0.6 });
});

it('a question for a name that no passage has is weaker than every other', () => {
  const weighed = [...all(true, [0, 1]), ...all(false, [-Infinity, -Infinity])];
  expect(boundsByRule(weighed)).toMatchObject({ area: 1, doubtful: 0, clear: -Infinity, refused: 1 });
});

it('there is nothing to say without questions of both kinds', () => {
  expect(boundsByRule(all(true, [1, 2]))).toBeUndefined();
  expect(boundsByRule(all(false, [1, 2]))).toBeUndefined();
});

it('what was read counts beside words and vectors', () => {
  const support = { at: 0.5, nameless: false, found: 0.4, nearest: 0.3 };
  expect(weigh(true, { evidence: 'clear', support, conviction: 1 }).strength).toBeGreaterThan(0.5);
  expect(weigh(false, { evidence: 'doubtful', support }).strength).toBe(0.5);
});

it('a model is calibrated on words and cosines as they are', () => {
  const support = { at: 0.5, nameless: false, found: 0.4, nearest: 0.3 };
  const weighed = (change: object): Weighed | undefined =>
    weighWith(2, true, { evidence: 'clear', support: { ...support, ...change } });
  expect(weighed({})?.strength).toBeCloseTo(1);
  expect(weighed({ nameless: true })?.strength).toBe(-Infinity);
  expect(weighed({ nearest: undefined })).toBeUndefined();
});
