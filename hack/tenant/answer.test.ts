import { describe, expect, it } from 'vitest';
import { modeLine, renderCitation, renderSources, type Citation } from './answer.ts';

const citation: Citation = {
  n: 1,
  itemId: 'item-1',
  chunkId: 'chunk-7',
  title: 'OBIS-Kennzahlen',
  source: 'obis.md',
  page: 3,
  heading: '2 Kennzahlen › 2.1 Zählerstände',
  quote: 'Die OBIS-Kennzahl 1.8.0\nbedeutet: Bezug.',
};

describe('renderCitation', () => {
  it('names the document, the place, and quotes it', () => {
    expect(renderCitation(citation, 100)).toBe(
      [
        '[1] OBIS-Kennzahlen — 2 Kennzahlen › 2.1 Zählerstände, page 3',
        '    (obis.md; item item-1, chunk chunk-7)',
        '    “Die OBIS-Kennzahl 1.8.0 bedeutet: Bezug.”',
      ].join('\n'),
    );
  });

  it('does with what a plain text file has: no heading, no page', () => {
    const bare: Citation = { n: 2, itemId: 'i', chunkId: 'c', title: 'a', source: 'a.txt', quote: '' };
    expect(renderCitation(bare, 100)).toBe('[2] a\n    (a.txt; item i, chunk c)');
  });
});

describe('renderSources', () => {
  it('says that an answer was refused', () => {
    const answer = { answer: '', mode: 'extractive', refused: true, citations: [citation] };
    expect(renderSources(answer, 100)).toContain('nothing in them carries an answer');
  });
});

describe('modeLine', () => {
  it('explains the modes and shows an unknown one as it is', () => {
    expect(modeLine('extractive')).toContain('quoted from your documents');
    expect(modeLine('dreamt')).toBe('[dreamt]');
  });
});
