import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCitationFilter, validateCitations } from './citations.ts';
import type { Passage } from './passage.ts';

const passage = (text: string, n: number): Passage => ({
  ...{ chunkId: `c${n}`, chunkIdx: n, itemId: 'i', title: 't', source: 's', text, score: 1 },
  places: [{ at: 0, headings: [] }],
});
const passages = ['Strom kostet Geld. Gas auch.', 'Die Frist beträgt sechs Wochen. Sie beginnt am Montag.'].map(
  passage,
);

describe('validateCitations', () => {
  it('removes numbers that do not exist and keeps the others', () => {
    const { answer, citations } = validateCitations(
      'Die Frist ist sechs Wochen [2]. Erfunden [7]. Beides [1, 9].',
      passages,
      'de',
    );
    expect(answer).toBe('Die Frist ist sechs Wochen [2]. Erfunden. Beides [1].');
    expect(citations.map((citation) => citation.n)).toEqual([1, 2]);
  });
  it('quotes the sentence that the claim leans on', () => {
    const { citations } = validateCitations('Es sind sechs Wochen Frist [2].', passages, 'de');
    expect(citations[0]?.quote).toBe('Die Frist beträgt sechs Wochen.');
  });
  it('gives only quotes that are in their chunk', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('[', ']', '1', '2', '3', ',', ' ', '.', 'Frist', 'Gas ') }),
        (text) => {
          const { answer, citations } = validateCitations(text, passages, 'de');
          for (const { n, quote } of citations) expect(passages[n - 1]?.text).toContain(quote);
          expect(answer).not.toMatch(/\[(?:0|3|[4-9])\]/u);
        },
      ),
    );
  });
});

describe('createCitationFilter', () => {
  const filtered = (pieces: readonly string[]): string => {
    const filter = createCitationFilter(2);
    return pieces.map((piece) => filter.push(piece)).join('') + filter.end();
  };
  it('holds a mark back until it is whole, and drops a wrong one', () => {
    const filter = createCitationFilter(2);
    expect(filter.push('Ja [')).toBe('Ja');
    expect(filter.push('1')).toBe('');
    expect(filter.push('] und')).toBe(' [1] und');
    expect(filtered(['Nein', ' [', '9', '].'])).toBe('Nein.');
  });
  it('lets brackets through that are no citation', () => expect(filtered(['a[i', '] [x] [']) + '').toBe('a[i] [x] ['));
  it('says the same however the text is cut', () => {
    const text = 'Eins [1]. Zwei [9]. Drei [2] [x] [';
    fc.assert(
      fc.property(fc.array(fc.nat({ max: text.length })), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        expect(filtered(at.slice(1).map((end, index) => text.slice(at[index], end)))).toBe(
          'Eins [1]. Zwei. Drei [2] [x] [',
        );
      }),
    );
  });
});
