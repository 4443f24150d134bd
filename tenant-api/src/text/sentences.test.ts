import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentences } from './sentences.ts';

const texts = (text: string, language: 'de' | 'en' = 'de'): string[] =>
  sentences(text, language).map((span) => span.text);

describe('sentences', () => {
  it.each([
    ['Der Wert ist 5. Er steigt.', ['Der Wert ist 5. Er steigt.']],
    ['Der Zähler läuft. Das Haus ist warm.', ['Der Zähler läuft.', 'Das Haus ist warm.']],
    ['Fällig am 1. Januar 2026. Danach nicht mehr.', ['Fällig am 1. Januar 2026.', 'Danach nicht mehr.']],
    [
      'Geräte, z. B. Wärmepumpen, zählen mit. Andere nicht.',
      ['Geräte, z. B. Wärmepumpen, zählen mit.', 'Andere nicht.'],
    ],
    ['Kennzahl 1.8.0 heißt Bezug.', ['Kennzahl 1.8.0 heißt Bezug.']],
    ['eins\nzwei\n\ndrei', ['eins', 'zwei', 'drei']],
  ])('%j', (text, expected) => expect(texts(text)).toEqual(expected));

  it('are exact substrings in order, and hold every letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aB. ?!\nä1z'.split('')) }), (text) => {
        const spans = sentences(text, 'de');
        let end = 0;
        for (const span of spans) {
          expect(text.slice(span.start, span.start + span.text.length)).toBe(span.text);
          expect(span.start).toBeGreaterThanOrEqual(end);
          end = span.start + span.text.length;
        }
        expect(
          spans
            .map((span) => span.text)
            .join('')
            .replace(/\s/gu, ''),
        ).toBe(text.replace(/\s/gu, ''));
      }),
    );
  });
});
