import type { Block } from '../extract/blocks.ts';
import type { Language } from '../text/language.ts';
import { sentences } from '../text/sentences.ts';
import type { TokenCounter } from './tokens.ts';

/** The smallest piece that the chunker moves: a sentence, a line, a row. `glue` joins it to the unit before it in a chunk. */
export interface Unit {
  text: string;
  tokens: number;
  glue: ' ' | '\n' | '\n\n';
  /** Whether it may be repeated at the start of the next chunk. */
  overlap: boolean;
  /** The headings over it, outermost first. */
  headings: readonly string[];
  page?: number;
}

export interface UnitOptions {
  maxTokens: number;
  language: Language;
  count: TokenCounter;
  headings: readonly string[];
}

type Where = Pick<Unit, 'headings' | 'page'>;

const at = (block: Block, { headings }: UnitOptions): Where => ({
  headings,
  ...(block.page === undefined ? {} : { page: block.page }),
});

/** Cuts a text that no border helps with: at white space, and through a single endless word. */
export function cutToSize(text: string, options: Pick<UnitOptions, 'maxTokens' | 'count'>): string[] {
  const { maxTokens, count } = options;
  if (count(text) <= maxTokens) return [text];
  const words = text.split(/(?<=\s)/u);
  if (words.length > 1) {
    const middle = Math.ceil(words.length / 2);
    return [words.slice(0, middle), words.slice(middle)]
      .flatMap((half) => cutToSize(half.join('').trim(), options))
      .filter((part) => part !== '');
  }
  const letters = [...text];
  const middle = Math.ceil(letters.length / 2);
  if (middle === letters.length) return [text];
  return [letters.slice(0, middle).join(''), letters.slice(middle).join('')].flatMap((half) =>
    cutToSize(half, options),
  );
}

function proseUnits(block: Block & { text: string }, options: UnitOptions): Unit[] {
  return sentences(block.text, options.language)
    .flatMap((span) => cutToSize(span.text, options))
    .map((text, index) => ({
      text,
      tokens: options.count(text),
      glue: index === 0 ? '\n\n' : ' ',
      overlap: true,
      ...at(block, options),
    }));
}

function lineUnits(block: Block & { text: string }, options: UnitOptions): Unit[] {
  return block.text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => cutToSize(line, options))
    .map((text, index) => ({
      text,
      tokens: options.count(text),
      glue: index === 0 ? '\n\n' : '\n',
      overlap: false,
      ...at(block, options),
    }));
}

/** A table that fits is one unit; a larger one is cut between rows, each piece under a repeat of its first row. */
function tableUnits(block: Block & { kind: 'table' }, options: UnitOptions): Unit[] {
  const lines = block.rows.map((row) => row.join(' | '));
  const header = lines[0] ?? '';
  const room = { ...options, maxTokens: Math.max(8, options.maxTokens - options.count(header) - 1) };
  const groups: string[][] = [[]];
  let used = 0;
  const whole = options.count(lines.join('\n')) <= options.maxTokens;
  for (const line of whole ? [lines.join('\n')] : lines.slice(1).flatMap((row) => cutToSize(row, room))) {
    const cost = options.count(line);
    if (used > 0 && used + cost > room.maxTokens) {
      groups.push([]);
      used = 0;
    }
    groups.at(-1)?.push(line);
    used += cost;
  }
  const repeat = !whole && options.count(header) < options.maxTokens / 3;
  const heads = !whole && !repeat ? cutToSize(header, options) : [];
  const texts = [...heads, ...groups.map((group) => [...(repeat ? [header] : []), ...group].join('\n'))];
  return texts
    .filter((text) => text.trim() !== '')
    .flatMap((text) => cutToSize(text, options))
    .map((text) => ({ text, tokens: options.count(text), glue: '\n\n', overlap: false, ...at(block, options) }));
}

/** A heading is a unit of its own section, so that it can be found and quoted; it never ends a chunk by itself. */
function headingUnits(block: Block & { text: string }, options: UnitOptions): Unit[] {
  return cutToSize(block.text, options).map((text) => ({
    text,
    tokens: options.count(text),
    glue: '\n\n',
    overlap: false,
    ...at(block, options),
  }));
}

/** The units of one block, none over `maxTokens`. */
export function unitsOf(block: Block, options: UnitOptions): Unit[] {
  if (block.kind === 'heading') return headingUnits(block, options);
  if (block.kind === 'table') return tableUnits(block, options);
  return block.kind === 'lines' ? lineUnits(block, options) : proseUnits(block, options);
}
