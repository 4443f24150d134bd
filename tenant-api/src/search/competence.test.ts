import { describe, expect, it } from 'vitest';
import { competence, competenceTexts, expectedShare, understands } from './competence.ts';

const axis = (index: number, length: number): number[] => Array.from({ length }, (_, at) => (at === index ? 1 : 0));

describe('competence', () => {
  it('is 1 when every answer is nearest to its question, and small when all are alike', () => {
    const vectors = [0, 1, 2].map((index) => axis(index, 3));
    expect(competence(vectors, vectors)).toBe(1);
    const same = [0, 1, 2].map(() => [1, 0, 0]);
    expect(competence(same, same)).toBeCloseTo(1 / 3, 12);
    expect(competence([], [])).toBe(0);
  });
  it('is asked with as many answers as questions, in both languages', () => {
    for (const language of ['de', 'en'] as const) {
      const { questions, answers } = competenceTexts(language);
      expect(new Set(questions).size).toBe(20);
      expect(new Set(answers).size).toBe(20);
    }
  });
});

describe('the expected share', () => {
  it('grows with competence, and with it how much the documents have to say against it', () => {
    expect(expectedShare(0)).toEqual({ share: 0.05, tolerance: 0.015 });
    expect(expectedShare(0.25)).toEqual(expectedShare(0));
    expect(expectedShare(1)).toEqual({ share: 0.5, tolerance: 0.15 });
    expect(expectedShare(0.6).share).toBeGreaterThan(expectedShare(0.4).share);
    expect(expectedShare(0.6).tolerance).toBeGreaterThan(expectedShare(0.4).tolerance);
  });
  it('goes with understanding', () => expect([understands(0.25), understands(0.75)]).toEqual([false, true]));
});
