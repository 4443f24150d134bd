import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from './evidence.ts';
import { bestStretch, stretchAround } from './stretch.ts';

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

describe('the best stretch of a passage', () => {
  const passage = {
    ...{ chunkId: 'c', chunkIdx: 0, itemId: 'i', title: 'Handbuch', source: 's', score: 1, text },
    places: [
      { at: 0, headings: ['Handbuch', 'Anfang'] },
      { at: 600, headings: ['Handbuch', 'Ende'] },
    ],
  };
  const candidate = (quote: string): Candidate => ({
    ...{ passage, text: quote, sentences: 1 },
    ...{ own: 1, coverage: 1, evidence: 1 },
  });

  it('is the one around its best candidate, under title and heading', () => {
    const stretch = bestStretch(passage, [candidate('Satz 15 sagt'), candidate('Satz 2 sagt')], 'de');
    expect(stretch).toMatch(/^Handbuch › Ende\n\nSatz 12 /u);
    expect(stretch).toContain('Satz 15 ');
  });
  it('is its beginning, where no sentence of it is a candidate', () =>
    expect(bestStretch(passage, [], 'de')).toMatch(/^Handbuch › Anfang\n\nSatz 0 /u));
  it('does not say a heading twice', () => {
    const places = [{ at: 0, headings: ['Satz 0'] }];
    expect(bestStretch({ ...passage, places }, [], 'de')).toMatch(/^Handbuch\n\nSatz 0 /u);
  });
});
