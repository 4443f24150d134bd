import { describe, expect, it } from 'vitest';
import { stemGerman } from './stem-german.ts';

describe('stemGerman', () => {
  // From Snowball's own vocabulary of German.
  it.each([
    ['aufeinanderbisse', 'aufeinanderbiss'],
    ['aufenthalt', 'aufenthalt'],
    ['auferlegen', 'auferleg'],
    ['kategorischer', 'kategor'],
    ['häuslichen', 'hauslich'],
    ['kümmerten', 'kummert'],
    ['ergebnisse', 'ergebnis'],
    ['bauern', 'bau'],
    ['arbeitslosigkeit', 'arbeitslos'],
    ['preis', 'preis'],
    ['strompreise', 'strompreis'],
    ['straße', 'strass'],
  ])('%s is %s', (word, stem) => expect(stemGerman(word)).toBe(stem));
  it.each([
    ['abgeschaltet', 'abgeschalteten'],
    ['wechseln', 'wechsel'],
    ['kündigung', 'kündigen'],
    ['stände', 'stand'],
  ])('brings %s and %s together', (a, b) => expect(stemGerman(a)).toBe(stemGerman(b)));
  it('never gives nothing for a word', () => {
    for (const word of ['e', 'en', 'ung', 'est', 'lichkeit', 'ig', 'ß']) expect(stemGerman(word)).not.toBe('');
  });
});
