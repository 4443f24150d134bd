import { marked, type Token, type Tokens } from 'marked';

/** A piece of text in one style. */
export interface Run {
  readonly text: string;
  readonly bold: boolean;
}

/** One block of a sample: what every output format knows how to draw. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly runs: readonly Run[] }
  | { readonly kind: 'paragraph'; readonly runs: readonly Run[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Run[])[] }
  | { readonly kind: 'table'; readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'code'; readonly text: string };

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
};
const plain = (text: string): string =>
  text.replace(/&(lt|gt|amp|quot|#39);/g, (entity) => entities[entity] ?? entity).replace(/\s*\n\s*/g, ' ');

function runsOf(tokens: readonly Token[] | undefined, bold = false): Run[] {
  return (tokens ?? []).flatMap((token): Run[] => {
    const children = 'tokens' in token ? token.tokens : undefined;
    if (children !== undefined) return runsOf(children, bold || token.type === 'strong');
    return 'text' in token && typeof token.text === 'string' ? [{ text: plain(token.text), bold }] : [];
  });
}

/** The text of a row of runs, without its styles. */
export function textOf(runs: readonly Run[]): string {
  return runs.map((run) => run.text).join('');
}

function listOf(token: Tokens.List): Block {
  return { kind: 'list', ordered: token.ordered, items: token.items.map((item) => runsOf(item.tokens)) };
}

function tableOf(token: Tokens.Table): Block {
  const cell = (entry: Tokens.TableCell): string => textOf(runsOf(entry.tokens));
  return { kind: 'table', header: token.header.map(cell), rows: token.rows.map((row) => row.map(cell)) };
}

function blockOf(token: Token): Block[] {
  switch (token.type) {
    case 'heading':
      return [{ kind: 'heading', level: (token as Tokens.Heading).depth, runs: runsOf(token.tokens) }];
    case 'paragraph':
      return [{ kind: 'paragraph', runs: runsOf(token.tokens) }];
    case 'list':
      return [listOf(token as Tokens.List)];
    case 'table':
      return [tableOf(token as Tokens.Table)];
    case 'code':
      return [{ kind: 'code', text: (token as Tokens.Code).text }];
    case 'space':
      return [];
    default:
      throw new Error(`A sample uses Markdown that the generator does not draw: ${token.type}`);
  }
}

/** Parses a sample's Markdown into blocks; throws on anything that would silently get lost in an output format. */
export function parseBlocks(markdown: string): Block[] {
  return marked.lexer(markdown).flatMap(blockOf);
}

/** The document's title: its first heading of level one. */
export function titleOf(blocks: readonly Block[]): string {
  const first = blocks.find((block) => block.kind === 'heading' && block.level === 1);
  if (first?.kind !== 'heading') throw new Error('A sample needs a heading of level one as its title');
  return textOf(first.runs);
}
