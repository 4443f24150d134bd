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
  /** What stands over it: the first line of its block (a table's heads, for one), or the question that it answers. */
  over: Term[];
  headings: Term[];
  listItem: boolean;
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

/** A first line without figures over lines with figures, and no sentence. */
function markHeads(pieces: Piece[], text: string): void {
  for (const [index, piece] of pieces.entries()) {
    const next = pieces[index + 1];
    const below = next !== undefined && next.over === piece.terms && text.slice(piece.start, next.start).endsWith('\n');
    piece.head = below && !/[\p{N}.!?:]$|\p{N}/u.test(piece.text) && /\p{N}/u.test(next.text);
  }
}

const listMark = /^(?:[-–•*]|\p{L}\)|\d{1,2}[.)])\s/u;

function splitPassage(passage: Passage, language: Language): Split {
  const pieces: Piece[] = [];
  const title = distinctTerms(passage.title, language);
  const headingsOf = passage.places.map(({ headings }) => [...title, ...distinctTerms(headings.join(' '), language)]);
  let blockStart = 0;
  for (const { text, start } of sentences(passage.text, language)) {
    const before = pieces.at(-1);
    const newBlock =
      before !== undefined && passage.text.slice(before.start + before.text.length, start).includes('\n\n');
    if (newBlock) blockStart = pieces.length;
    const opener = pieces[blockStart];
    const over = before?.question
      ? before.terms
      : opener && passage.text.slice(opener.start, start).includes('\n')
        ? opener.terms
        : [];
    pieces.push({
      ...{ text, start, over },
      terms: distinctTerms(text, language),
      headings: headingsOf[passage.places.findLastIndex((place) => place.at <= start)] ?? title,
      listItem: listMark.test(text),
      question: text.endsWith('?'),
      head: false,
    });
  }
  markHeads(pieces, passage.text);
  return { passage, pieces };
}

/** A sentence that introduces a list is quoted with the list: by itself it says only that something follows. */
function quoteOf({ passage, pieces }: Split, index: number): string {
  const piece = pieces[index];
  if (piece === undefined) return '';
  let end = piece.start + piece.text.length;
  if (!piece.listItem) {
    for (const next of pieces.slice(index + 1)) {
      const reach = next.start + next.text.length;
      if (!next.listItem || reach - piece.start > LIST_LENGTH) break;
      end = reach;
    }
  }
  return passage.text.slice(piece.start, end);
}

interface Context {
  here: readonly Term[];
  over: readonly Term[];
  headings: readonly Term[];
  around: readonly Term[];
}

function contextOf({ pieces }: Split, index: number): Context {
  const { terms: here = [], over = [], headings = [] } = pieces[index] ?? {};
  const around = [index - 1, index + 1].flatMap((at) => pieces[at]?.terms ?? []);
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
  return (
    words >= 3 &&
    !candidate.text.endsWith('?') &&
    !candidate.passage.places.some((place) => place.headings.includes(candidate.text))
  );
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
