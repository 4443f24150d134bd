import { describe, expect, it } from 'vitest';
import { parseBlocks, titleOf } from './blocks.ts';

describe('parseBlocks', () => {
  it('reads headings, styled paragraphs, lists and tables', () => {
    const blocks = parseBlocks(
      '# Titel\n\nEin **fetter**\nText.\n\n1. eins\n2. zwei\n\n| A | B |\n| --- | --- |\n| 1 | x > y |\n',
    );
    expect(blocks).toEqual([
      { kind: 'heading', level: 1, runs: [{ text: 'Titel', bold: false }] },
      {
        kind: 'paragraph',
        runs: [
          { text: 'Ein ', bold: false },
          { text: 'fetter', bold: true },
          { text: ' Text.', bold: false },
        ],
      },
      { kind: 'list', ordered: true, items: [[{ text: 'eins', bold: false }], [{ text: 'zwei', bold: false }]] },
      { kind: 'table', header: ['A', 'B'], rows: [['1', 'x > y']] },
    ]);
    expect(titleOf(blocks)).toBe('Titel');
  });

  it('refuses what no format draws, rather than losing it', () => {
    expect(() => parseBlocks('> quoted')).toThrow(/blockquote/);
  });

  it('refuses a text without a title', () => {
    expect(() => titleOf(parseBlocks('## nur zwei'))).toThrow(/level one/);
  });
});
