import { describe, expect, it } from 'vitest';
import { createVocabulary, type Vocabulary } from './compounds.ts';

const knowing = (...texts: string[]): Vocabulary => {
  const vocabulary = createVocabulary();
  for (const text of texts) vocabulary.learn(text);
  return vocabulary;
};
const energy = knowing(
  'Im Haus misst der Zähler den Strom, und der Stand wird im Jahr einmal abgelesen. Der Preis für Öl und Gas steigt.',
  'Ein hoher Verbrauch kostet mehr, sagt die Leistung; am Ende der Woche wird gewartet. Ihre Unterlagen nimmt die Lage auf.',
);

describe('a vocabulary', () => {
  it.each([
    ['Strompreis', ['strom', 'preis']],
    ['Strompreise', ['strom', 'preise']],
    ['Zählerstände', ['zähler', 'stände']],
    ['Jahresstromverbrauch', ['jahres', 'strom', 'verbrauch']],
    ['Leistungspreis', ['leistungs', 'preis']],
    ['Gaspreis', ['gas', 'preis']],
    ['Ölstand', ['öl', 'stand']],
    ['Wochenende', ['wochen', 'ende']],
  ])('cuts %s into words that it knows', (word, parts) => expect(energy.parts(word)).toEqual(parts));
  it.each(['Wärmepumpe', 'Preis', 'Unterlagen', 'steigende', 'Nachweis', 'Stromabgelesen', ''])(
    'leaves %s whole',
    (word) => {
      expect(energy.parts(word)).toEqual([]);
    },
  );
  it('learns', () => {
    const vocabulary = knowing('Hier läuft eine Pumpe.');
    expect(vocabulary.parts('Wärmepumpe')).toEqual([]);
    vocabulary.learn('Sie bringt viel Wärme.');
    expect(vocabulary.parts('Wärmepumpe')).toEqual(['wärme', 'pumpe']);
    expect(vocabulary.size).toBeGreaterThan(2);
  });
});
