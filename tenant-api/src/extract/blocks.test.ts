import { describe, expect, it } from 'vitest';
import { hasNoText, type Block } from './blocks.ts';
import { decodeText } from './decode.ts';
import { markdownBlocks } from './markdown-blocks.ts';
import { dropPageFurniture, mergeRows } from './paged.ts';
import { plainBlocks } from './plain-blocks.ts';
import { xhtmlBlocks } from './xhtml-blocks.ts';

describe('plainBlocks', () => {
  it('tells numbered, capital and underlined headings', () => {
    const text =
      '1 Allgemeines\n\nHier steht etwas.\n\nSICHERHEIT\n\nVorsicht.\n\nTitel\n=====\nText danach.\n\n2.1 Netz\nDer Anschluss.';
    expect(plainBlocks(text)).toEqual([
      { kind: 'heading', level: 2, text: '1 Allgemeines' },
      { kind: 'paragraph', text: 'Hier steht etwas.' },
      { kind: 'heading', level: 2, text: 'SICHERHEIT' },
      { kind: 'paragraph', text: 'Vorsicht.' },
      { kind: 'heading', level: 1, text: 'Titel' },
      { kind: 'paragraph', text: 'Text danach.' },
      { kind: 'heading', level: 3, text: '2.1 Netz' },
      { kind: 'paragraph', text: 'Der Anschluss.' },
    ]);
  });
  it('takes no sentence and no row for a heading', () => {
    const kinds = plainBlocks('2 Männer kamen herein.\n\n1.8.0 Bezug\n2.8.0 Lieferung\n\nkWh').map(
      (block) => block.kind,
    );
    expect(kinds).not.toContain('heading');
  });
  it('counts pages by form feeds', () => {
    expect(plainBlocks('eins.\fzwei.').map((block) => block.page)).toEqual([1, 2]);
    expect(plainBlocks('eins.')[0]?.page).toBeUndefined();
  });
});

describe('markdownBlocks', () => {
  it('reads headings, prose without marks, lists and tables', () => {
    const text =
      '---\ntitle: x\n---\n# A\n\nEin **fetter** [Link](http://x) und `1.8.0`.\n\n- eins\n  - zwei\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n';
    expect(markdownBlocks(text)).toEqual([
      { kind: 'heading', level: 1, text: 'A' },
      { kind: 'paragraph', text: 'Ein fetter Link und 1.8.0.' },
      { kind: 'lines', text: '- eins\n  - zwei' },
      {
        kind: 'table',
        rows: [
          ['a', 'b'],
          ['1', '2'],
        ],
      },
      { kind: 'lines', text: 'code' },
    ]);
  });
});

describe('xhtmlBlocks', () => {
  it('reads what Tika makes of a word processor document', () => {
    const xhtml =
      '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><h1>A &amp; B</h1><p>Text <b>fett</b>.</p><ul><li>eins</li><li>zwei</li></ul><table><tbody><tr><td><p>Teil</p></td><td><p>Frist</p></td></tr><tr><td>Filter</td><td/></tr></tbody></table></body></html>';
    expect(xhtmlBlocks(xhtml)).toEqual([
      { kind: 'heading', level: 1, text: 'A & B' },
      { kind: 'paragraph', text: 'Text fett.' },
      { kind: 'lines', text: '- eins\n- zwei' },
      {
        kind: 'table',
        rows: [
          ['Teil', 'Frist'],
          ['Filter', ''],
        ],
      },
    ]);
  });
  it('counts pages, and finds headings by their look where markup has none', () => {
    const xhtml =
      '<body><div class="page"><p/>\n<p>1 Netz\n</p><p>Der Anschluss ist stark.\n</p></div><div class="page"><p>Ende hier.</p></div></body>';
    expect(xhtmlBlocks(xhtml)).toEqual([
      { kind: 'heading', level: 2, text: '1 Netz', page: 1 },
      { kind: 'paragraph', text: 'Der Anschluss ist stark.', page: 1 },
      { kind: 'paragraph', text: 'Ende hier.', page: 2 },
    ]);
  });
  it('leaves scripts and styles out', () => {
    expect(xhtmlBlocks('<body><script>böse()</script><p>gut</p><style>p{}</style></body>')).toEqual([
      { kind: 'paragraph', text: 'gut' },
    ]);
  });
  it('survives broken markup', () =>
    expect(xhtmlBlocks('<body><p>offen <b>und</i> <table><tr><td>x')).toBeInstanceOf(Array));
});

describe('paged formats', () => {
  const row = (text: string, page = 1): Block => ({ kind: 'paragraph', text, page });
  it('get their table rows back together', () => {
    expect(
      mergeRows([
        row('Ein Satz steht hier.'),
        row('Netzebene Preis'),
        row('Mittelspannung 24,80'),
        row('Niederspannung 29,60'),
        row('Noch ein Satz.'),
      ]),
    ).toEqual([
      row('Ein Satz steht hier.'),
      { kind: 'lines', text: 'Netzebene Preis\nMittelspannung 24,80\nNiederspannung 29,60', page: 1 },
      row('Noch ein Satz.'),
    ]);
  });
  it('lose what stands on every page, but for the first', () => {
    const blocks = [1, 2, 3].flatMap((page) => [
      row(`Seite ${page} / 3`, page),
      row(`Inhalt ${'abc'[page - 1] ?? ''} ist anders.`, page),
    ]);
    expect(dropPageFurniture(blocks).map((block) => (block.kind === 'table' ? '' : block.text))).toEqual([
      'Seite 1 / 3',
      'Inhalt a ist anders.',
      'Inhalt b ist anders.',
      'Inhalt c ist anders.',
    ]);
  });
});

describe('hasNoText', () => {
  it('knows an empty document', () => {
    expect(hasNoText([])).toBe(true);
    expect(hasNoText([{ kind: 'paragraph', text: ' – ' }])).toBe(true);
    expect(hasNoText([{ kind: 'table', rows: [['', '7']] }])).toBe(false);
  });
});

describe('decodeText', () => {
  it.each([
    ['UTF-8', Buffer.from('Zähler'), 'Zähler'],
    ['Windows-1252', Buffer.from([0x5a, 0xe4, 0x68, 0x20, 0x80]), 'Zäh €'],
    ['UTF-16', Buffer.from('\uFEFFZähler', 'utf16le'), 'Zähler'],
  ])('reads %s', (_name, bytes, text) => expect(decodeText(bytes)).toBe(text));
});
