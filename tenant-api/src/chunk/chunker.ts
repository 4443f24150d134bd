import type { Block } from '../extract/blocks.ts';
import type { Language } from '../text/language.ts';
import type { TokenCounter } from './tokens.ts';
import { cutToSize, unitsOf, type Unit } from './units.ts';

/** A piece of a document that is embedded, searched and cited as one. */
export interface Chunk {
  text: string;
  /** The headings above it, outermost first. */
  headings: string[];
  /** The page it starts on, where the format has pages. */
  page?: number;
  tokens: number;
}

export interface ChunkerOptions {
  /** Most tokens in one chunk, heading path not counted. */
  maxTokens: number;
  /** Most tokens repeated from the chunk before. */
  overlapTokens: number;
  language: Language;
  count: TokenCounter;
}

interface Section {
  headings: string[];
  units: Unit[];
}

/** Part of `maxTokens` under which a section is not worth a chunk of its own and joins the next one. */
const SMALL = 0.25;

function headingUnit(text: string, block: Block, options: ChunkerOptions): Unit[] {
  return cutToSize(text, options).map((part) => ({
    text: part,
    tokens: options.count(part),
    glue: '\n\n',
    overlap: false,
    ...(block.page === undefined ? {} : { page: block.page }),
  }));
}

/** Groups the blocks under their headings; the heading itself is the section's first unit, so that it can be found and quoted. */
function sectionsOf(blocks: readonly Block[], options: ChunkerOptions): Section[] {
  const path: { level: number; text: string }[] = [];
  const sections: Section[] = [{ headings: [], units: [] }];
  for (const block of blocks) {
    if (block.kind === 'heading') {
      while (path.length > 0 && (path.at(-1)?.level ?? 0) >= block.level) path.pop();
      path.push({ level: block.level, text: block.text });
      sections.push({ headings: path.map((step) => step.text), units: headingUnit(block.text, block, options) });
    } else {
      sections.at(-1)?.units.push(...unitsOf(block, options));
    }
  }
  return sections.filter((section) => section.units.length > 0);
}

function joinedTokens(units: readonly Unit[]): number {
  return units.reduce((sum, unit) => sum + unit.tokens, 0);
}

function toChunk(units: readonly Unit[], headings: string[]): Chunk {
  const text = units.map((unit, index) => (index === 0 ? unit.text : unit.glue + unit.text)).join('');
  const page = units.find((unit) => unit.page !== undefined)?.page;
  return { text, headings, tokens: joinedTokens(units), ...(page === undefined ? {} : { page }) };
}

/** The last sentences of a finished chunk that the next one repeats, so that a thought cut in two is whole in one of them. */
function tail(units: readonly Unit[], options: ChunkerOptions): Unit[] {
  const kept: Unit[] = [];
  let used = 0;
  for (const unit of units.toReversed()) {
    if (!unit.overlap || used + unit.tokens > options.overlapTokens) break;
    kept.unshift(unit);
    used += unit.tokens;
  }
  return kept.length === units.length ? [] : kept;
}

/**
 * Cuts a document into chunks of at most `maxTokens`: at headings first, then between blocks, then between sentences.
 * Small sections join their successor; tables stay whole while they fit; sentences at a border are repeated up to
 * `overlapTokens` within a section. No text is lost, and chunks are in reading order.
 */
export function chunkDocument(blocks: readonly Block[], options: ChunkerOptions): Chunk[] {
  const chunks: Chunk[] = [];
  let open: Unit[] = [];
  let fresh = 0;
  let headings: string[] = [];
  const close = (): void => {
    if (fresh > 0) chunks.push(toChunk(open, headings));
    open = [];
    fresh = 0;
  };
  for (const section of sectionsOf(blocks, options)) {
    const used = joinedTokens(open);
    const joins =
      fresh > 0 && used < options.maxTokens * SMALL && used + joinedTokens(section.units) <= options.maxTokens;
    if (!joins) close();
    if (fresh === 0) headings = section.headings;
    for (const unit of section.units) {
      if (fresh > 0 && joinedTokens(open) + unit.tokens > options.maxTokens) {
        const repeated = tail(open, options);
        close();
        headings = section.headings;
        open = joinedTokens(repeated) + unit.tokens <= options.maxTokens ? repeated : [];
      }
      open.push(unit);
      fresh += 1;
    }
  }
  close();
  return chunks;
}

/** Cuts one chunk in two at the border nearest its middle; undefined when it is a single sign. */
export function splitChunk(chunk: Chunk, count: TokenCounter): [Chunk, Chunk] | undefined {
  const middle = chunk.text.length / 2;
  const borders = [...chunk.text.matchAll(/\s+/gu)].map((match) => match.index + match[0].length);
  const best = borders
    .filter((at) => at > 0 && at < chunk.text.length)
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  const cut = best ?? Math.floor(middle);
  const parts = [chunk.text.slice(0, cut).trim(), chunk.text.slice(cut).trim()];
  const [left, right] = parts;
  if (left === undefined || right === undefined || left === '' || right === '') return undefined;
  return [
    { ...chunk, text: left, tokens: count(left) },
    { ...chunk, text: right, tokens: count(right) },
  ];
}
