import { expect, it } from 'vitest';
import { boundsInForce, boundsOfSums, type Calibrating } from './bounds.ts';

type Strength = { at?: number; conviction?: number; nameless?: boolean; found?: number; nearest?: number | undefined };

const question = (answerable: boolean, { conviction, ...strength }: Strength): Calibrating => ({
  ...{ language: 'de', answerable },
  judgement: {
    evidence: 'doubtful',
    support: { at: 0, nameless: false, found: 0, nearest: 0, ...strength },
    ...(conviction === undefined ? {} : { conviction }),
  },
});
const all = (answerable: boolean, strengths: readonly number[]): Calibrating[] =>
  strengths.map((at) => question(answerable, { at }));
const upTo = (count: number, from: number): number[] => Array.from({ length: count }, (_, at) => from + at);

it('95 % of the answerable reach one bound, 90 % of the others do not exceed the other', () => {
  const questions = [...all(true, upTo(20, 5)), ...all(false, upTo(10, 0))];
  const found = { area: 1 - 12.5 / 200, doubtful: 6, clear: 8, refused: 0.6 };
  expect(boundsInForce(questions)).toEqual({ German: found, both: found });
});

it('languages have bounds of their own', () => {
  const english = [...all(true, [7]), ...all(false, [6])].map((one) => ({ ...one, language: 'en' as const }));
  const bounds = boundsInForce([...all(true, [2]), ...all(false, [1]), ...english]);
  expect([bounds['German']?.doubtful, bounds['English']?.doubtful, bounds['both']?.doubtful]).toEqual([2, 7, 2]);
});

it('a question for a name that no passage has is weaker than every other', () => {
  const nameless = question(false, { at: -Infinity, nameless: true, found: 9 });
  const questions = [...all(true, [0, 1]), nameless, nameless];
  expect(boundsInForce(questions)['both']).toMatchObject({ area: 1, doubtful: 0, clear: -Infinity, refused: 1 });
  expect(boundsOfSums(questions)['both, 1']).toMatchObject({ area: 1, clear: -Infinity });
});

it('there is nothing to say without questions of both kinds', () => {
  expect(boundsInForce(all(true, [1, 2]))).toEqual({});
  expect(boundsInForce(all(false, [1, 2]))).toEqual({});
});

it('what was read counts beside words and vectors', () => {
  const convinced = [question(true, { at: 0.5, conviction: 1 }), question(false, { at: 0.5, conviction: -1 })];
  expect(boundsInForce(convinced)['both']?.area).toBe(1);
  expect(boundsInForce([...all(true, [0.5]), ...all(false, [0.5])])['both']?.area).toBe(0.5);
});

it('a model is calibrated on words and cosines as they are, and only where there are cosines', () => {
  const questions = [question(true, { found: 0.4, nearest: 0.3 }), question(false, { found: 0.4, nearest: 0.2 })];
  const bounds = boundsOfSums([...questions, question(false, { found: 9, nearest: undefined })]);
  expect(bounds['German, 0']).toMatchObject({ area: 0.5, doubtful: 0.4 });
  expect(bounds['German, 2']?.doubtful).toBeCloseTo(1);
  expect(bounds['German, 2']?.clear).toBeCloseTo(0.8);
});
