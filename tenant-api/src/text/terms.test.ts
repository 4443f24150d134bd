import { describe, expect, it } from 'vitest';
import { createVocabulary } from './compounds.ts';
import { compoundParts, distinctTerms, stem, termCover, termMatch, type Term } from './terms.ts';

const keys = (text: string, language: 'de' | 'en' = 'de'): string[] =>
  distinctTerms(text, language).map((term) => term.key);
const match = (a: string, b: string, language: 'de' | 'en' = 'de'): number => {
  const [left] = distinctTerms(a, language);
  const [right] = distinctTerms(b, language);
  if (!left || !right) throw new Error('no terms');
  return termMatch(left, right);
};

describe('stem', () => {
  it.each([
    ['Zähler', 'Zählern'],
    ['Zählerstand', 'Zählerstände'],
    ['Wärmepumpe', 'Wärmepumpen'],
    ['Kündigung', 'Kündigungen'],
    ['gewartet', 'gewarteten'],
  ])('brings %s and %s together', (a, b) => expect(stem(a, 'de')).toBe(stem(b, 'de')));
  it.each([
    ['battery', 'batteries'],
    ['check', 'checked'],
    ['meter', 'meters'],
  ])('brings %s and %s together', (a, b) => expect(stem(a, 'en')).toBe(stem(b, 'en')));
  it.each([
    ['Zähler', 'Zahlung'],
    ['Netz', 'Nutzen'],
    ['Wärme', 'Warnung'],
  ])('keeps %s and %s apart', (a, b) => expect(stem(a, 'de')).not.toBe(stem(b, 'de')));
});

describe('terms', () => {
  it('keep identifiers whole and leave function words out', () => {
    expect(keys('Was bedeutet die OBIS-Kennzahl 1.8.0?')).toContain('1.8.0');
    expect(keys('Was ist das?')).toEqual([]);
  });
  it('split hyphenated words and joined compounds', () => {
    expect(keys('OBIS-Kennzahl')).toEqual(['obis', stem('Kennzahl', 'de')]);
    expect(compoundParts('Kündigungsfrist')).toEqual(['Kündigung', 'frist']);
    expect(compoundParts('Versorgungssicherheitsniveau')).toEqual(['Versorgung', 'sicherheit', 'niveau']);
    expect(compoundParts('Wärmepumpe')).toEqual(['Wärmepumpe']);
  });
});

describe('termMatch', () => {
  it('takes identifiers exactly or after a prefix, never in part', () => {
    expect(match('1.8.0', '1.8.0')).toBe(1);
    expect(match('1.8.0', '1-0:1.8.0')).toBeGreaterThan(0.8);
    expect(match('1.8.0', '11.8.0')).toBe(0);
    expect(match('1.8.0', '1.8.0.5')).toBe(0);
    expect(match('1.8.0', '1.8.1')).toBe(0);
  });
  it('counts a compound in part', () => {
    expect(match('Verbrauch', 'Jahresverbrauch')).toBeGreaterThan(0.5);
    expect(match('Verbrauch', 'Jahresverbrauch')).toBeLessThan(1);
    expect(match('Netz', 'Nutzer')).toBe(0);
  });
});

describe('termCover', () => {
  const vocabulary = createVocabulary();
  vocabulary.learn(
    'Der Preis für den Strom steigt, und der Strom wird knapp. Jeder fragt nach dem Preis und nach dem Strom.',
  );
  const terms = (text: string): Term[] => distinctTerms(text, 'de', vocabulary.parts);
  const cover = (question: string, text: string): number => {
    const [wanted] = terms(question);
    if (!wanted) throw new Error('no terms');
    return termCover(wanted, terms(text));
  };
  it('finds the head of a compound, and its parts where they stand apart', () => {
    expect(cover('Strompreise', 'Die Preise steigen.')).toBeGreaterThan(0.5);
    expect(cover('Strompreise', 'Preise für Strom')).toBeGreaterThan(cover('Strompreise', 'Preise für Gas'));
    expect(cover('Preis', 'Der Strompreis steigt.')).toBeGreaterThan(0.5);
    expect(cover('Strompreise', 'Der Strompreis steigt.')).toBe(1);
  });
  it('does not take the beginning of a compound for the whole', () => {
    expect(cover('Mindestlohn', 'Mindestens sieben Stunden')).toBeLessThan(0.5);
    expect(cover('Wirtschaftlichkeit', 'Die Wirtschaft wächst.')).toBeGreaterThan(0.5);
  });
  it('finds nothing in other words', () => expect(cover('Strompreise', 'Die Wärme des Hauses')).toBe(0));
});

describe('verbs', () => {
  it.each([
    ['geprüft', 'prüfen'],
    ['abgerufen', 'abrufen'],
    ['abgeschaltet', 'abschalten'],
    ['Zaehler', 'Zähler'],
  ])('%s meets %s', (a, b) => expect(stem(a, 'de')).toBe(stem(b, 'de')));
  it.each(['Gericht', 'Gewicht', 'Frequenz'])('%s is no verb', (word) => {
    expect(stem(word, 'de')).toBe(word.toLowerCase());
  });
  it('that only help are no terms', () => {
    expect(keys('Was haben wir zu tun, und was können wir machen?')).toEqual([]);
  });
});
