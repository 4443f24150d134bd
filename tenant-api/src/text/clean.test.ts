import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, oneLine, reflow } from './clean.ts';

describe('cleanText', () => {
  it.each([
    ['a\r\nb\rc', 'a\nb\nc'],
    ['Zäh\u00ADler', 'Zähler'],
    ['a\u0308', 'ä'],
    ['\uFB01nden', 'finden'],
    ['1\u00A0000\u202FkWh', '1 000 kWh'],
    ['x\u0000y\u0007', 'xy'],
    ['Seite\fSeite\tZelle', 'Seite\fSeite\tZelle'],
  ])('%j becomes %j', (from, to) => expect(cleanText(from)).toBe(to));

  it('leaves nothing that PostgreSQL refuses, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const cleaned = cleanText(text);
        expect(cleaned).not.toContain('\u0000');
        expect(cleaned.isWellFormed()).toBe(true);
        expect(cleanText(cleaned)).toBe(cleaned);
      }),
    );
  });
});

describe('reflow', () => {
  it('joins hard-wrapped lines', () => {
    const wrapped =
      'Diese Zeile wurde vom Programm nach etwa sechzig Zeichen\numbrochen und geht hier weiter bis zum Ende des Absatzes,\nder damit endet.';
    expect(reflow(wrapped)).not.toContain('\n');
  });
  it('makes words whole that were hyphenated at a line end', () =>
    expect(reflow('der Strom-\nzähler im Keller')).toBe('der Stromzähler im Keller'));
  it('leaves the hyphen of a shortened word', () =>
    expect(reflow('Strom-\nund Gaszähler')).toBe('Strom- und Gaszähler'));
  it('keeps list items and rows apart', () => {
    expect(reflow('- eins\n- zwei\n1.8.0 Bezug\n2.8.0 Lieferung')).toBe('- eins\n- zwei\n1.8.0 Bezug\n2.8.0 Lieferung');
  });
  it('loses no word', () => {
    const word = fc.stringMatching(/^[A-ZÄÖa-zäö]{1,12}$/u);
    fc.assert(
      fc.property(fc.array(fc.array(word, { minLength: 1 }), { minLength: 1 }), (lines) => {
        const text = lines.map((line) => line.join(' ')).join('\n');
        expect(oneLine(reflow(text))).toBe(oneLine(text));
      }),
    );
  });
});
