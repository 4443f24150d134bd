import { describe, expect, it } from 'vitest';
import { knownItemQuestion, knownItemQuestions } from './known-items.ts';

const text =
  'Kurz. Die Netzbetreiber melden die Zählerstände der Kunden jeden Monat an die Lieferanten, damit Rechnungen stimmen.';

describe('knownItemQuestion', () => {
  it('asks with some of the words of one sentence, always the same', () => {
    const question = knownItemQuestion('a', text, 'de') ?? '';
    const words = question.split(' ');
    expect(words.length).toBeGreaterThanOrEqual(2);
    for (const word of words) expect(text).toContain(word);
    expect(question.length).toBeLessThan(text.length / 2);
    expect(knownItemQuestion('a', text, 'de')).toBe(question);
  });
  it('asks differently for another chunk', () => {
    const questions = new Set(['a', 'b', 'c', 'd'].map((id) => knownItemQuestion(id, text, 'de')));
    expect(questions.size).toBeGreaterThan(1);
  });
  it('has one for every sentence that is long enough, and asks one of them', () => {
    const two = `${text} Die Lieferanten prüfen die gemeldeten Zählerstände und schätzen fehlende Werte aus dem Vorjahr.`;
    const questions = knownItemQuestions('a', two, 'de');
    expect(questions.length).toBe(2);
    expect(questions).toContain(knownItemQuestion('a', two, 'de'));
  });
  it('has no question where there is no sentence', () => {
    expect(knownItemQuestion('a', '18,20 | 4,12', 'de')).toBeUndefined();
    expect(knownItemQuestion('a', '', 'en')).toBeUndefined();
  });
});
