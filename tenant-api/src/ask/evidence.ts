import type { Language } from '../text/language.ts';
import { sentences } from '../text/sentences.ts';
import { distinctTerms, termMatch, type Term } from '../text/terms.ts';
import type { Passage } from './passage.ts';

/** A sentence of a passage that may answer the question. `text` is a substring of the passage's text. */
export interface Candidate {
  passage: Passage;
  text: string;
  /** Part of the question's weight that the sentence covers by itself or as a row under its heads, 0..1. */
  own: number;
  /** The same with its headings and neighbours helping, 0..1. */
  coverage: number;
}

interface Weighted {
  term: Term;
  weight: number;
}

interface Piece {
  text: string;
  start: number;
  terms: Term[];
  /** Number of its paragraph, listing or table. */
  block: number;
  label: boolean;
  /** What stands over it: the labels of its block (a table's heads, for one), or the question that it answers. */
  over: Term[];
  headings: Term[];
  listItem: boolean;
  /** Ends in the middle of a thought that a list may go on with. */
  introduces: boolean;
  question: boolean;
  /** The heads of a table: they say what the rows mean and nothing by themselves. */
  head: boolean;
}

interface Split {
  passage: Passage;
  pieces: Piece[];
}

/** How much an identifier counts against a word of the same rarity: whoever types `1.8.0` means exactly that. */
const IDENTIFIER_WEIGHT = 2.5;
const FROM_HEADING = 0.6;
const FROM_ABOVE = 0.7;
const FROM_NEIGHBOUR = 0.35;
/** Longest quote that a list makes of its introduction, in characters. */
const LIST_LENGTH = 700;

// Words that ask and say nothing of what is asked for.
const asking: Record<Language, RegExp> = {
  de: /\bwie\s+(?:lange?|hoch|oft|viele?|groß|weit|teuer|schnell|häufig|stark|alt)\b|\b(?:bedeute[nt]|heiß(?:t|en)|steh(?:t|en)\s+für|wofür\s+steh(?:t|en)|versteht\s+man)\b/giu,
  en: /\bhow\s+(?:often|long|much|many|high|far|large|big|fast|strong|old)\b|\b(?:means?|stands?\s+for|called)\b/giu,
};

const best = (wanted: Term, there: readonly Term[]): number =>
  Math.max(0, ...there.map((term) => termMatch(wanted, term)));

/** The terms of a question, without the words that only ask; all of them where nothing else is left. */
export function questionTerms(question: string, language: Language): Term[] {
  const meant = distinctTerms(question.replace(asking[language], ' '), language);
  return meant.length > 0 ? meant : distinctTerms(question, language);
}

/** The question's terms weighted by how rare they are among the passages' sentences; a term that is nowhere weighs most. */
function weigh(wanted: readonly Term[], splits: readonly Split[]): Weighted[] {
  const all = splits.flatMap((split) => split.pieces.map((piece) => piece.terms));
  return wanted.map((term) => {
    const having = all.filter((there) => best(term, there) >= 0.6).length;
    const rarity = Math.log(1 + (all.length - having + 0.5) / (having + 0.5));
    return { term, weight: Math.max(0.2, rarity) * (term.identifier ? IDENTIFIER_WEIGHT : 1) };
  });
}

const listMark = /^(?:[-–•*]|\p{L}\)|\d{1,2}[.)])\s/u;

/** A line that names columns or rows and says nothing by itself: no figures (but in a caption), no sentence. */
function isLabel(text: string, lineEnds: boolean): boolean {
  if (!lineEnds || /[.!?;]$/u.test(text) || listMark.test(text)) return false;
  return !/\p{N}/u.test(text) || /^(?:Tabelle|Table|Abbildung|Abb\.|Figure)\s/u.test(text);
}

function isHeading(passage: Passage, text: string): boolean {
  return passage.places.some((place) => place.headings.includes(text));
}

/** A label is the head of what follows it in its block, if figures do follow. */
function markHeads(pieces: Piece[]): void {
  for (const [index, piece] of pieces.entries()) {
    const below = pieces.slice(index + 1).find((next) => next.block !== piece.block || !next.label);
    piece.head = piece.label && below?.block === piece.block && /\p{N}/u.test(below.text);
  }
}

function splitPassage(passage: Passage, language: Language): Split {
  const pieces: Piece[] = [];
  const title = distinctTerms(passage.title, language);
  const headingsOf = passage.places.map(({ headings }) => [...title, ...distinctTerms(headings.join(' '), language)]);
  let block = 0;
  let labels: Term[] = [];
  for (const { text, start } of sentences(passage.text, language)) {
    const before = pieces.at(-1);
    const end = start + text.length;
    if (before && passage.text.slice(before.start + before.text.length, start).includes('\n\n')) {
      block += 1;
      labels = [];
    }
    const label = isLabel(text, /^\n(?!\n)/u.test(passage.text.slice(end, end + 2)));
    const terms = distinctTerms(text, language);
    pieces.push({
      ...{ text, start, block, terms, label },
      over: before?.question ? before.terms : labels,
      headings: headingsOf[passage.places.findLastIndex((place) => place.at <= start)] ?? title,
      listItem: listMark.test(text),
      introduces: !listMark.test(text) && !/[.!?]$/u.test(text) && !isHeading(passage, text),
      question: text.endsWith('?'),
      head: false,
    });
    if (label) labels = [...labels, ...terms];
  }
  markHeads(pieces);
  return { passage, pieces };
}

/** Index after the last item of the list that the piece introduces; the next index when it introduces none. */
function listEnd(pieces: readonly Piece[], index: number): number {
  const piece = pieces[index];
  let end = index + 1;
  if (!piece?.introduces) return end;
  for (let next = pieces[end]; next?.listItem; next = pieces[end]) {
    if (next.start + next.text.length - piece.start > LIST_LENGTH) break;
    end += 1;
  }
  return end;
}

/** A sentence that introduces a list is quoted with the list: by itself it says only that something follows. */
function quoteOf({ passage, pieces }: Split, index: number): string {
  const first = pieces[index];
  const last = pieces[listEnd(pieces, index) - 1];
  return first && last ? passage.text.slice(first.start, last.start + last.text.length) : '';
}

interface Context {
  here: readonly Term[];
  over: readonly Term[];
  headings: readonly Term[];
  around: readonly Term[];
}

function contextOf({ pieces }: Split, index: number): Context {
  const { over = [], headings = [] } = pieces[index] ?? {};
  const end = listEnd(pieces, index);
  const here = pieces.slice(index, end).flatMap((piece) => piece.terms);
  const around = [index - 1, end].flatMap((at) => pieces[at]?.terms ?? []);
  return { here, over, around, headings };
}

function helped(term: Term, { here, over, headings, around }: Context): number {
  return Math.max(
    best(term, here),
    FROM_ABOVE * best(term, over),
    FROM_HEADING * best(term, headings),
    FROM_NEIGHBOUR * best(term, around),
  );
}

function candidateOf(split: Split, index: number, weighted: readonly Weighted[]): Candidate {
  const context = contextOf(split, index);
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const part = (cover: (term: Term) => number): number =>
    weighted.reduce((sum, { term, weight }) => sum + weight * cover(term), 0) / total;
  return {
    passage: split.passage,
    text: quoteOf(split, index),
    own: part((term) => Math.max(best(term, context.here), FROM_ABOVE * best(term, context.over))),
    coverage: part((term) => helped(term, context)),
  };
}

/** Sentences that only announce, ask or repeat: too short to say something, a question, or the heading itself. */
function saysSomething(candidate: Candidate): boolean {
  const words = candidate.text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  return words >= 3 && !candidate.text.endsWith('?') && !isHeading(candidate.passage, candidate.text);
}

/**
 * Every sentence of the passages with the part of the question it covers, best first, repeats (of overlapping chunks) left
 * out. Pure and without a model: words are compared by stem, identifiers exactly.
 */
export function rankSentences(question: string, passages: readonly Passage[], language: Language): Candidate[] {
  const splits = passages.map((passage) => splitPassage(passage, language));
  const weighted = weigh(questionTerms(question, language), splits);
  const seen = new Set<string>();
  return splits
    .flatMap((split) =>
      split.pieces.flatMap((piece, index) => (piece.head ? [] : [candidateOf(split, index, weighted)])),
    )
    .filter(saysSomething)
    .filter((candidate) => {
      const fresh = !seen.has(candidate.text);
      seen.add(candidate.text);
      return fresh;
    })
    .sort((a, b) => b.coverage - a.coverage || b.passage.score - a.passage.score);
}
