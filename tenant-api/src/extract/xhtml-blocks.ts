import { Parser } from 'htmlparser2';
import type { Block } from './blocks.ts';
import { cleanText, oneLine, reflow } from '../text/clean.ts';
import { dropPageFurniture, joinBrokenSentences, mergeRows } from './paged.ts';
import { paragraphBlocks } from './plain-blocks.ts';

const breaking = new Set(
  'p div section article header footer main aside blockquote figure figcaption dl dt dd pre address form body'.split(
    ' ',
  ),
);
const skipped = new Set('script style head template noscript svg iframe object'.split(' '));
const heading = /^h[1-6]$/u;
const lineOfOcr = /^ocr_(?:line|header|caption|textfloat)$/u;
/** Specks, stamps and photographs come out as words that the recognition itself hardly believes, in percent. */
const CERTAIN_ENOUGH = 30;

interface State {
  blocks: Block[];
  text: string;
  page: number;
  paged: boolean;
  skip: number;
  level: number;
  pre: number;
  /** Inside hOCR, where only words count: white space there is layout of the markup. */
  ocr: boolean;
  /** There was hOCR somewhere. */
  recognised: boolean;
  /** In hOCR: inside a word that was recognised well enough. */
  word: boolean;
  /** The format has pages of its own: a recognised page inside one is that page. */
  inPage: boolean;
  list: string[];
  listDepth: number;
  /** Depth of nested tables; only the outermost makes a table block. */
  table: number;
  rows: string[][];
  row: string[];
}

const at = (state: State): { page?: number } => (state.paged && state.page > 0 ? { page: state.page } : {});

/** Ends the running text and makes a block of it, unless it belongs to a cell or a list. */
function flush(state: State): void {
  if (state.table > 0) {
    state.text += ' ';
    return;
  }
  const text = state.text;
  state.text = '';
  if (text.trim() === '') return;
  if (state.level > 0) state.blocks.push({ kind: 'heading', level: state.level, text: oneLine(text), ...at(state) });
  else if (state.listDepth > 0) state.list.push(`${'  '.repeat(state.listDepth - 1)}- ${oneLine(text)}`);
  else if (state.pre > 0) state.blocks.push({ kind: 'lines', text: text.replace(/^\n+|\s+$/gu, ''), ...at(state) });
  else if (state.paged) state.blocks.push(...paragraphBlocks(text, state.page || undefined));
  else pushParagraph(state, text);
}

function pushParagraph(state: State, text: string): void {
  for (const part of text.split(/\n[ \t]*\n/u)) {
    const flowed = reflow(part);
    if (flowed !== '') state.blocks.push({ kind: 'paragraph', text: oneLine(flowed), ...at(state) });
  }
}

function flushList(state: State): void {
  if (state.list.length > 0) state.blocks.push({ kind: 'lines', text: state.list.join('\n'), ...at(state) });
  state.list = [];
}

function endCell(state: State): void {
  if (state.table !== 1) return;
  state.row.push(oneLine(state.text));
  state.text = '';
}

function endRow(state: State): void {
  if (state.table !== 1) return;
  if (state.row.some((cell) => cell !== '')) state.rows.push(state.row);
  state.row = [];
}

function endTable(state: State): void {
  state.table -= 1;
  if (state.table > 0) return;
  if (state.rows.length > 0) state.blocks.push({ kind: 'table', rows: state.rows, ...at(state) });
  state.rows = [];
  state.text = '';
}

/** How sure the recognition is of a word, in percent. */
function certainty(title: string | undefined): number {
  return Number(/x_wconf (\d+)/u.exec(title ?? '')?.[1] ?? 100);
}

function addText(state: State, text: string): void {
  if (state.skip > 0) return;
  if (!state.ocr) state.text += text;
  else if (state.word && text.trim() !== '') state.text += `${text.trim()} `;
}

type Handler = (state: State, attributes: Record<string, string>) => void;

const startList: Handler = (state) => {
  flush(state);
  state.listDepth += 1;
};
const endList: Handler = (state) => {
  flush(state);
  state.listDepth = Math.max(0, state.listDepth - 1);
  if (state.listDepth === 0) flushList(state);
};

const onOpen: Record<string, Handler> = {
  ul: startList,
  ol: startList,
  li: (state) => flush(state),
  pre: (state) => {
    flush(state);
    state.pre += 1;
  },
  br: (state) => void (state.text += '\n'),
  table: (state) => {
    flush(state);
    if (state.table === 0) flushList(state);
    state.table += 1;
  },
  div: (state, attributes) => {
    flush(state);
    const kind = attributes['class'];
    if (kind === 'ocr_page') state.ocr = state.recognised = true;
    if (kind !== 'page' && (kind !== 'ocr_page' || state.inPage)) return;
    if (kind === 'page') {
      state.inPage = true;
      state.ocr = false;
    }
    state.page += 1;
    state.paged = true;
  },
  span: (state, attributes) => {
    if (!state.ocr) return;
    state.word = attributes['class'] === 'ocrx_word' && certainty(attributes['title']) >= CERTAIN_ENOUGH;
    if (lineOfOcr.test(attributes['class'] ?? '')) state.text += '\n';
  },
};

const onClose: Record<string, Handler> = {
  ul: endList,
  ol: endList,
  li: (state) => flush(state),
  pre: (state) => {
    flush(state);
    state.pre = Math.max(0, state.pre - 1);
  },
  td: endCell,
  th: endCell,
  tr: endRow,
  table: endTable,
};

function open(state: State, name: string, attributes: Record<string, string>): void {
  if (skipped.has(name)) state.skip += 1;
  if (state.skip > 0) return;
  const handler = onOpen[name];
  if (handler) handler(state, attributes);
  else if (heading.test(name)) {
    flush(state);
    state.level = Number(name.slice(1));
  } else if (breaking.has(name)) flush(state);
}

function close(state: State, name: string): void {
  if (skipped.has(name)) {
    state.skip = Math.max(0, state.skip - 1);
    return;
  }
  if (state.skip > 0) return;
  const handler = onClose[name];
  if (handler) handler(state, {});
  else if (heading.test(name)) {
    flush(state);
    state.level = 0;
  } else if (breaking.has(name)) flush(state);
}

/**
 * The blocks of the XHTML that Tika makes of PDF, DOCX, HTML and pictures: headings, paragraphs, lists and tables;
 * `div.page` counts pages, `div.ocr_page` those of a picture. Text of a paged format has no headings in its markup, so they are told by their look.
 */
export function xhtmlBlocks(xhtml: string): Block[] {
  const state: State = {
    blocks: [],
    text: '',
    page: 0,
    paged: false,
    skip: 0,
    level: 0,
    pre: 0,
    ocr: false,
    recognised: false,
    word: false,
    inPage: false,
    list: [],
    listDepth: 0,
    table: 0,
    rows: [],
    row: [],
  };
  const parser = new Parser(
    {
      onopentag: (name, attributes) => open(state, name, attributes),
      onclosetag: (name) => close(state, name),
      ontext: (text) => addText(state, text),
    },
    { xmlMode: true, decodeEntities: true, lowerCaseTags: true },
  );
  parser.end(cleanText(xhtml));
  flush(state);
  flushList(state);
  const blocks = state.recognised ? joinBrokenSentences(state.blocks) : state.blocks;
  return state.paged ? mergeRows(dropPageFurniture(blocks)) : blocks;
}
