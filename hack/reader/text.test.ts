import { describe, expect, it } from 'vitest';
import { mostLike, sentenceAt, stretchAt, textOf, withoutAnswer } from './text.ts';

const long = (word: string): string => `${word} ${'und so weiter '.repeat(14)}bis hier.`;
const text = textOf(
  [long('Anfang'), 'Der Eintritt kostet 4 Euro.', 'Kinder zahlen 2 Euro.', long('Ende')].join(' '),
  'de',
);

describe('a text', () => {
  it('knows the sentence that a letter is in, and none between two', () => {
    expect(sentenceAt(text, text.text.indexOf('4 Euro'))).toBe(1);
    expect(sentenceAt(text, text.text.indexOf(' Kinder'))).toBeUndefined();
  });
  it('gives a sentence with those around it', () => {
    expect(stretchAt(text, 1)).toBe(text.text);
    const wider = textOf([long('Davor'), text.text, long('Danach')].join(' '), 'de');
    const stretch = stretchAt(wider, 2);
    expect(stretch).toContain('Anfang');
    expect(stretch).not.toContain('Davor');
    expect(wider.text).toContain(stretch);
  });
  it('has a sentence that is most like a question, in whatever form its words are', () => {
    expect(mostLike(text, 'Wie viel zahlt ein Kind?')).toBe(0);
    expect(mostLike(text, 'Was zahlen die Kinder hier?')).toBe(2);
    expect(mostLike(text, 'Kostete der Eintritt etwas?')).toBe(1);
  });
});

describe('a text without its answer', () => {
  it('has the rest, and says where the answer stood', () => {
    const left = withoutAnswer(text, 1, ['4 Euro']);
    expect(left?.rest.text).not.toContain('Eintritt');
    expect(left?.rest.text).toContain('Kinder zahlen 2 Euro.');
    expect(left?.there).toBe(1);
  });
  it('lacks every sentence that says the answer as well', () => {
    const left = withoutAnswer(text, 1, ['4 Euro', 'EURO']);
    expect(left?.rest.sentences).toHaveLength(2);
    expect(left?.rest.text).not.toContain('Euro');
  });
  it('keeps what only has an answer of one or two letters in it', () => {
    const left = withoutAnswer(text, 1, ['4', 'u']);
    expect(left?.rest.sentences).toHaveLength(3);
    expect(left?.rest.text).not.toContain('Eintritt');
  });
  it('is nothing where all of it answers', () => {
    expect(withoutAnswer(textOf('Nur das.', 'de'), 0, ['das'])).toBeUndefined();
  });
});
