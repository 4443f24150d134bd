import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from './evidence.ts';
import type { Passage } from './passage.ts';
import { bestStretches, stretchAround } from './stretch.ts';

const text = Array.from({ length: 20 }, (_, n) => `Satz ${n} sagt etwas über den Zähler im Keller des Hauses.`).join(
  ' ',
);
const whole = /^Satz \d+ sagt .*Hauses\.$/u;

describe('a stretch around a quote', () => {
  it('has whole sentences on both sides, enough to be understood and no more', () => {
    const stretch = stretchAround(text, 'Satz 9 sagt etwas über den Zähler im Keller des Hauses.', 'de');
    expect(stretch).toMatch(whole);
    expect(stretch).toContain('Satz 9 ');
    expect([6, 7, 8, 10, 11, 12].every((n) => stretch.includes(`Satz ${n} `))).toBe(true);
    expect(stretch).not.toMatch(/Satz (?:5|13) /u);
  });
  it('ends where the text does', () => {
    expect(stretchAround(text, 'Satz 0 sagt', 'de').startsWith('Satz 0 ')).toBe(true);
    expect(stretchAround(text, 'Satz 19 sagt', 'de').endsWith('Hauses.')).toBe(true);
    expect(stretchAround('Kurz.', 'Kurz.', 'de')).toBe('Kurz.');
  });
  it('is the beginning, where there is no quote', () => {
    for (const quote of ['', 'steht hier nicht']) {
      const stretch = stretchAround(text, quote, 'de');
      expect(stretch).toMatch(/^Satz 0 /u);
      expect(stretch.length).toBeLessThan(300);
    }
  });
  it('property: is a substring that holds the quote', () =>
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), fc.nat(600), fc.nat(100), (any, from, length) => {
        const quote = any.slice(from, from + length).trim();
        const stretch = stretchAround(any, quote, 'de');
        expect(any).toContain(stretch);
        expect(stretch).toContain(quote);
      }),
    ));
});

describe('the best stretches', () => {
  const passage = (chunkId: string, more: Partial<Passage> = {}): Passage => ({
    ...{ chunkId, chunkIdx: 0, itemId: 'i', title: 'Handbuch', source: 's', score: 0.5, text },
    places: [
      { at: 0, headings: ['Handbuch', 'Anfang'] },
      { at: 600, headings: ['Handbuch', 'Ende'] },
    ],
    ...more,
  });
  const one = passage('c');
  const candidate = (quote: string, coverage = 1, of = one): Candidate => ({
    ...{ passage: of, text: quote, sentences: 1 },
    ...{ own: 1, coverage, evidence: 1 },
  });
  const best = (
    candidates: readonly Candidate[],
    { most = 1, passages = [one], nearness = new Map<string, number>() } = {},
  ): string[] => bestStretches(passages, candidates, nearness, { language: 'de', most });

  it('are around the sentences that words like best, under title and heading', () => {
    const [first, second] = best([candidate('Satz 2 sagt', 0.3), candidate('Satz 15 sagt')], { most: 2 });
    expect(first).toMatch(/^Handbuch › Ende\n\nSatz 12 /u);
    expect(first).toContain('Satz 15 ');
    expect(second).toMatch(/^Handbuch › Anfang\n\nSatz 0 /u);
  });
  it('may be found by meaning alone', () => {
    const nearness = new Map([['Satz 15 sagt', 0.9]]);
    const [first] = best([candidate('Satz 2 sagt', 0.3), candidate('Satz 15 sagt', 0)], { nearness });
    expect(first).toContain('Satz 15 ');
  });
  it('do not say the same twice', () => {
    const near = [candidate('Satz 9 sagt', 0.9), candidate('Satz 10 sagt', 0.8), candidate('Satz 1 sagt', 0.1)];
    const stretches = best(near, { most: 3 });
    expect(stretches.map((stretch) => /Satz \d+/u.exec(stretch)?.[0])).toEqual(['Satz 6', 'Satz 0']);
  });
  it('begin with the passage that search likes better, where sentences are alike', () => {
    const other = passage('d', { title: 'Vertrag', score: 0.9 });
    const passages = [one, other];
    const [first] = best([candidate('Satz 9 sagt'), candidate('Satz 9 sagt', 1, other)], { passages });
    expect(first).toMatch(/^Vertrag/u);
  });
  it('are the passages from their beginning, where there are no sentences', () => {
    const passages = [one, passage('d', { title: 'Vertrag' })];
    const stretches = best([candidate('Satz 15 sagt')], { most: 3, passages });
    expect(stretches.map((stretch) => stretch.split('\n')[0])).toEqual(['Handbuch › Ende', 'Vertrag › Anfang']);
  });
  it('do not say a heading twice', () => {
    const places = [{ at: 0, headings: ['Satz 0'] }];
    expect(best([], { passages: [passage('c', { places })] })[0]).toMatch(/^Handbuch\n\nSatz 0 /u);
  });
});
