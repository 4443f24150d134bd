import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pdfmake from 'pdfmake';
import type { Content, ContentTable, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { textOf, titleOf, type Block, type Run } from './blocks.ts';

/** Folder of the four Roboto faces that come with the PDF library (Apache-2.0). */
export const fontFolder = join(
  dirname(createRequire(import.meta.url).resolve('pdfmake/package.json')),
  'fonts',
  'Roboto',
);

const created = new Date(Date.UTC(2026, 0, 1));
const runsToText = (runs: readonly Run[]): Content => ({ text: runs.map(({ text, bold }) => ({ text, bold })) });

/** Columns share the width by the square root of their longest text: long prose wraps, short figures stay on one line. */
function widths(block: Extract<Block, { kind: 'table' }>): string[] {
  const longest = block.header.map((head, column) =>
    Math.max(...[head, ...block.rows.map((row) => row[column] ?? '')].map((cell) => Math.sqrt(cell.length))),
  );
  const total = longest.reduce((sum, length) => sum + length, 0);
  return longest.map((length) => `${((length / total) * 100).toFixed(2)}%`);
}

function table(block: Extract<Block, { kind: 'table' }>): ContentTable {
  const header = block.header.map((text) => ({ text, bold: true, fillColor: '#e8eef4' }));
  return {
    fontSize: 8.5,
    margin: [0, 2, 0, 10],
    layout: { hLineWidth: () => 0.5, vLineWidth: () => 0.5, hLineColor: () => '#8899aa', vLineColor: () => '#8899aa' },
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: widths(block),
      body: [header, ...block.rows.map((row) => [...row])],
    },
  };
}

function content(block: Block): Content {
  switch (block.kind) {
    case 'heading':
      return { text: textOf(block.runs), style: `h${block.level}` };
    case 'paragraph':
      return { stack: [runsToText(block.runs)], margin: [0, 0, 0, 7] };
    case 'code':
      return { text: block.text, margin: [18, 2, 0, 9], italics: true };
    case 'table':
      return table(block);
    case 'list': {
      const items = block.items.map(runsToText);
      return { ...(block.ordered ? { ol: items } : { ul: items }), margin: [4, 0, 0, 8] };
    }
  }
}

const isCaption = (block: Block | undefined): boolean =>
  block?.kind === 'paragraph' && /^(Tabelle|Table) \d/.test(textOf(block.runs));

/** Headings stay with the block that they introduce, and captions with their table: nothing is left alone at the foot of a page. */
function kept(blocks: readonly Block[]): Content[] {
  const groups: Content[] = [];
  let group: Content[] = [];
  for (const block of blocks) {
    group.push(content(block));
    if (block.kind === 'heading' || isCaption(block)) continue;
    groups.push({ stack: group, unbreakable: true });
    group = [];
  }
  return [...groups, ...group];
}

/** What a PDF says about itself besides its text. */
export interface PdfOptions {
  readonly language: string;
  /** Readers ask for this password before they show anything. */
  readonly userPassword?: string;
}

function definition(blocks: readonly Block[], options: PdfOptions): TDocumentDefinitions {
  const title = titleOf(blocks);
  const page = options.language === 'de' ? 'Seite' : 'Page';
  return {
    pageSize: 'A4',
    pageMargins: [62, 66, 62, 62],
    language: options.language,
    info: { title, author: 'Stadtwerke Musterstadt', creationDate: created, modDate: created },
    header: { text: title, fontSize: 8, color: '#556677', margin: [62, 32, 62, 0] },
    footer: (current, count) => ({
      text: `${page} ${current} / ${count}`,
      alignment: 'center',
      fontSize: 8,
      color: '#556677',
      margin: [0, 22, 0, 0],
    }),
    content: kept(blocks),
    defaultStyle: { font: 'Roboto', fontSize: 10, lineHeight: 1.18 },
    styles: {
      h1: { fontSize: 18, bold: true, margin: [0, 0, 0, 10] },
      h2: { fontSize: 13, bold: true, margin: [0, 10, 0, 5] },
      h3: { fontSize: 11, bold: true, margin: [0, 6, 0, 4] },
    },
    ...(options.userPassword === undefined ? {} : { userPassword: options.userPassword, version: '1.7' as const }),
  };
}

/** Sets a page definition; local files are limited to the fonts, nothing is loaded from the network. */
export async function setPdf(document: TDocumentDefinitions): Promise<Uint8Array> {
  const face = (name: string): string => join(fontFolder, `Roboto-${name}.ttf`);
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => path.startsWith(fontFolder));
  pdfmake.setFonts({
    Roboto: {
      normal: face('Regular'),
      bold: face('Medium'),
      italics: face('Italic'),
      bolditalics: face('MediumItalic'),
    },
  });
  return pdfmake.createPdf(document).getBuffer();
}

/** A real PDF with text layer, headings, tables, running head and page numbers; the same blocks give the same bytes. */
export async function renderPdf(blocks: readonly Block[], options: PdfOptions): Promise<Uint8Array> {
  return setPdf(definition(blocks, options));
}
