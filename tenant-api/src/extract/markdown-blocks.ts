import MarkdownIt from 'markdown-it';
import type { Block } from './blocks.ts';
import { cleanText, oneLine } from '../text/clean.ts';

const parser = new MarkdownIt('default', { html: false, linkify: false });
type Token = ReturnType<typeof parser.parse>[number];

/** The words of inline markup, links by their text. */
function inlineText(token: Token): string {
  const words = (token.children ?? []).map((child) => {
    if (child.type === 'softbreak' || child.type === 'hardbreak') return ' ';
    return child.type === 'image' ? '' : child.content;
  });
  return oneLine(words.join(''));
}

interface State {
  blocks: Block[];
  list: string[];
  listDepth: number;
  row: string[];
  rows: string[][];
}

function withoutFrontMatter(text: string): string {
  return text.replace(/^---\n[\s\S]{0,10000}?\n---\n/u, '');
}

type Handler = (state: State, token: Token, previous: Token | undefined) => void;

const opened: Record<string, Handler> = {
  bullet_list_open: (state) => void (state.listDepth += 1),
  ordered_list_open: (state) => void (state.listDepth += 1),
  bullet_list_close: closeList,
  ordered_list_close: closeList,
  tr_open: (state) => void (state.row = []),
  tr_close: (state) => void state.rows.push(state.row),
  table_close: (state) => {
    state.blocks.push({ kind: 'table', rows: state.rows });
    state.rows = [];
  },
  fence: (state, token) => pushLines(state, token.content),
  code_block: (state, token) => pushLines(state, token.content),
  inline: (state, token, previous) => inline(state, token, previous),
};

function pushLines(state: State, text: string): void {
  if (text.trim() !== '') state.blocks.push({ kind: 'lines', text: text.trimEnd() });
}

function closeList(state: State): void {
  state.listDepth -= 1;
  if (state.listDepth > 0 || state.list.length === 0) return;
  state.blocks.push({ kind: 'lines', text: state.list.join('\n') });
  state.list = [];
}

function inline(state: State, token: Token, previous: Token | undefined): void {
  const text = inlineText(token);
  if (previous?.type === 'th_open' || previous?.type === 'td_open') state.row.push(text);
  else if (text === '') return;
  else if (previous?.type === 'heading_open')
    state.blocks.push({ kind: 'heading', level: Number(previous.tag.slice(1)), text });
  else if (state.listDepth > 0) state.list.push(`${'  '.repeat(state.listDepth - 1)}- ${text}`);
  else state.blocks.push({ kind: 'paragraph', text });
}

/** The blocks of a Markdown file (CommonMark and tables); HTML inside it is taken as text, front matter is left out. */
export function markdownBlocks(text: string): Block[] {
  const state: State = { blocks: [], list: [], listDepth: 0, row: [], rows: [] };
  const tokens = parser.parse(withoutFrontMatter(cleanText(text)), {});
  tokens.forEach((token, index) => opened[token.type]?.(state, token, tokens[index - 1]));
  return state.blocks;
}
