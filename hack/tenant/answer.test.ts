import { describe, expect, it } from 'vitest';
import { modeLine, placeOf, renderSources, type Citation } from './answer.ts';

const citation: Citation = {
  n: 1,
  itemId: 'item-1',
  chunkId: 'chunk-7',
  title: 'OBIS-Kennzahlen',
  source: 'obis.md',
  page: 3,
  heading: 'OBIS-Kennzahlen › 2 Kennzahlen › 2.1 Zählerstände',
  quote: 'Die OBIS-Kennzahl 1.8.0\nbedeutet: Bezug.',
};
const answer = { answer: 'x', mode: 'extractive', refused: false };

describe('renderSources', () => {
  it('names the document and the place once, and quotes each sentence in it', () => {
    const second = { ...citation, n: 2, chunkId: 'chunk-8', heading: '3 Ablesen', quote: 'Drei.' };
    const citations = [citation, { ...citation, quote: 'Zwei.' }, second];
    expect(renderSources({ ...answer, citations }, 100).split('\n')).toEqual([
      'Sources',
      '[1] OBIS-Kennzahlen — 2 Kennzahlen › 2.1 Zählerstände, page 3',
      '    (obis.md; item item-1, chunk chunk-7)',
      '    “Die OBIS-Kennzahl 1.8.0 bedeutet: Bezug.”',
      '    “Zwei.”',
      '[2] OBIS-Kennzahlen — 3 Ablesen, page 3',
      '    (obis.md; item item-1, chunk chunk-8)',
      '    “Drei.”',
    ]);
  });

  it('says that an answer was refused', () => {
    expect(renderSources({ ...answer, refused: true, citations: [] }, 100)).toContain('nothing in these documents');
  });
});

describe('placeOf', () => {
  it('is empty where a file has neither headings nor pages', () => {
    expect(placeOf({ n: 2, itemId: 'i', chunkId: 'c', title: 'a', source: 'a.txt', quote: '' })).toBe('');
  });
});

describe('modeLine', () => {
  it('explains the modes and shows an unknown one as it is', () => {
    expect(modeLine('extractive')).toContain('quoted from your documents');
    expect(modeLine('dreamt')).toBe('[dreamt]');
  });
});
