import type { Block } from '../extract/blocks.ts';
import type { Language } from '../text/language.ts';
import type { TokenCounter } from './tokens.ts';
import { unitsOf, type Unit } from './units.ts';

/** Where a part of a chunk stands in its document. */
export interface Place {
  /** Where the part begins in the chunk's text. */
  at: number;
  /** The headings above it, outermost first. */
  headings: string[];
  /** Where the format has pages. */
  page?: number;
}

/** A piece of a document that is embedded, searched and cited as one. */
export interface Chunk {
  text: string;
  /** In order; the first begins at 0. Each lasts until the next begins. */
  places: Place[];
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

type Section = Unit[];

/** Part of `maxTokens` under which a section is not worth a chunk of its own and joins the next one. */
const SMALL = 0.25;

/** Groups the blocks under their headings; the heading itself is the section's first unit. */
function sectionsOf(blocks: readonly Block[], options: ChunkerOptions): Section[] {
  const path: { level: number; text: string }[] = [];
  const sections: Section[] = [[]];
  for (const block of blocks) {
    if (block.kind === 'heading') {
      while (path.length > 0 && (path.at(-1)?.level ?? 0) >= block.level) path.pop();
      path.push({ level: block.level, text: block.text });
      sections.push([]);
    }
    sections.at(-1)?.push(...unitsOf(block, { ...options, headings: path.map((step) => step.text) }));
  }
  return sections.filter((section) => section.length > 0);
}

function joinedTokens(units: readonly Unit[]): number {
  return units.reduce((sum, unit) => sum + unit.tokens, 0);
}

const samePlace = (place: Place | undefined, unit: Unit): boolean =>
  place !== undefined && place.page === unit.page && place.headings.join('\n') === unit.headings.join('\n');

function toChunk(units: readonly Unit[]): Chunk {
  const places: Place[] = [];
  let text = '';
  for (const unit of units) {
    if (text !== '') text += unit.glue;
    if (!samePlace(places.at(-1), unit)) {
      places.push({
        at: text.length,
        headings: [...unit.headings],
        ...(unit.page === undefined ? {} : { page: unit.page }),
      });
    }
    text += unit.text;
  }
  return { text, places, tokens: joinedTokens(units) };
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
  const close = (): void => {
    if (fresh > 0) chunks.push(toChunk(open));
    open = [];
    fresh = 0;
  };
  const add = (unit: Unit): void => {
    if (fresh > 0 && joinedTokens(open) + unit.tokens > options.maxTokens) {
      const repeated = tail(open, options);
      close();
      open = joinedTokens(repeated) + unit.tokens <= options.maxTokens ? repeated : [];
    }
    open.push(unit);
    fresh += 1;
  };
  for (const section of sectionsOf(blocks, options)) {
    const used = joinedTokens(open);
    const small = used < options.maxTokens * SMALL;
    if (!small || used + joinedTokens(section) > options.maxTokens) close();
    section.forEach(add);
  }
  close();
  return chunks;
}

/** The place in force at an offset of a chunk's text. */
export function placeAt(places: readonly Place[], offset: number): Place {
  return places.findLast((place) => place.at <= offset) ?? { at: 0, headings: [] };
}

function part(chunk: Chunk, from: number, to: number, count: TokenCounter): Chunk | undefined {
  const raw = chunk.text.slice(from, to);
  const text = raw.trim();
  if (text === '') return undefined;
  const start = from + raw.indexOf(text);
  const inside = chunk.places.filter((place) => place.at > start && place.at < start + text.length);
  const places = [
    { ...placeAt(chunk.places, start), at: 0 },
    ...inside.map((place) => ({ ...place, at: place.at - start })),
  ];
  return { text, places, tokens: count(text) };
}

/** Cuts one chunk in two at the border nearest its middle; undefined when it is a single sign. */
export function splitChunk(chunk: Chunk, count: TokenCounter): [Chunk, Chunk] | undefined {
  const middle = chunk.text.length / 2;
  const borders = [...chunk.text.matchAll(/\s+/gu)].map((match) => match.index + match[0].length);
  const best = borders
    .filter((at) => at > 0 && at < chunk.text.length)
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  const cut = best ?? Math.floor(middle);
  const left = part(chunk, 0, cut, count);
  const right = part(chunk, cut, chunk.text.length, count);
  return left && right ? [left, right] : undefined;
}
