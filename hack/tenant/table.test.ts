import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, renderTable, rowPrinter, wrap } from './table.ts';

describe('renderTable', () => {
  it('fits columns to their widest cell, numbers to the right, absent values as a dash', () => {
    const table = renderTable(
      [{ title: 'part' }, { title: 'rows', align: 'right' }, { title: 'note' }],
      [
        ['smart_meter_readings', 12, 'ok'],
        ['Zähler', 1234, undefined],
      ],
    );
    expect(table.split('\n')).toEqual([
      'PART                  ROWS  NOTE',
      'smart_meter_readings    12  ok',
      'Zähler                1234  –',
    ]);
  });

  it('counts characters as they are seen, composed or not, and keeps a row on one line', () => {
    const [, first, second] = renderTable(
      [{ title: 'a' }, { title: 'b' }],
      [
        ['Zähler', 'x'],
        ['Zähler'.normalize('NFD'), 'line\nbreak'],
      ],
    ).split('\n');
    expect(first?.indexOf('x')).toBe(8);
    expect(second?.normalize('NFC').indexOf('line break')).toBe(8);
  });
});

describe('rowPrinter', () => {
  it('keeps fixed widths and loses nothing of a cell that is longer', () => {
    const printer = rowPrinter([
      { title: 'file', width: 6 },
      { title: 'n', align: 'right' },
    ]);
    expect(printer.head).toBe('FILE    N');
    expect(printer.row(['ab', 1])).toBe('ab      1');
    expect(printer.row(['abcdefghij', 1])).toBe('abcdefghij  1');
  });
});

describe('wrap', () => {
  it('never loses or reorders a word, and only a single word is longer than the width', () => {
    const words = fc.array(fc.stringMatching(/^[a-zäöü]{1,30}$/), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 60 }), (list, width) => {
        const lines = wrap(list.join(' '), width).split('\n');
        expect(lines.join(' ')).toBe(list.join(' '));
        for (const line of lines) expect(line.length <= width || !line.includes(' ')).toBe(true);
      }),
    );
  });

  it('keeps line breaks and indents every line', () => {
    expect(wrap('a b\nc', 80, '  ')).toBe('  a b\n  c');
  });
});

describe('duration', () => {
  it.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [42, '42 s'],
    [125, '2 min'],
    [7_300, '2 h'],
    [260_000, '3 d'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
