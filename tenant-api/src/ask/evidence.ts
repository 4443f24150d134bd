import type { Language } from '../text/language.ts';
import { sentences } from '../text/sentences.ts';
import { createVocabulary } from '../text/compounds.ts';
import { distinctTerms, termCover, type Cutter, type Term } from '../text/terms.ts';
import { givesOrders } from './guard.ts';
import type { Passage } from './passage.ts';

/** A sentence of a passage that may answer the question. `text` is a substring of the passage's text. */
export interface Candidate {
  passage: Passage;
  text: string;
  /** Sentences, or items of a list, in it. */
  sentences: number;
  /** Part of the question's weight that the sentence covers by itself or as a row under its heads, 0..1. */
  own: number;
  /** The same with its headings and neighbours helping, 0..1. */
  coverage: number;
  /** The same with nouns counting more still: what decides whether there is an answer at all. */
  evidence: number;
}

interface Weighted {
  term: Term;
  /** For the choice between sentences. */
  weight: number;
  /** For the question whether there is an answer. */
  proof: number;
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
/**
 * What a verb or adjective of a German question counts against its nouns. Verbs are said in many ways, and what is not about the
 * nouns is no answer; but between sentences about them the verb decides.
 */
const LESS_THAN_NOUN = { choice: 0.8, proof: 0.4 };
const FROM_HEADING = 0.6;
const FROM_ABOVE = 0.7;
const FROM_NEIGHBOUR = 0.35;
/** Part of the question's weight that a second sentence must add to be quoted with the first. */
const ADDS = 0.05;
/** Longest quote that a list makes of its introduction, in characters. */
const LIST_LENGTH = 700;

// Words that ask and say nothing of what is asked for.
const asking: Record<Language, RegExp> = {
  de: /\bwie\s+(?:lange?|hoch|oft|viele?|groß|weit|teuer|schnell|häufig|stark|alt)\b|\b(?:bedeute[nt]|heiß(?:t|en)|steh(?:t|en)\s+für|wofür\s+steh(?:t|en)|versteht\s+man)\b/giu,
  en: /\bhow\s+(?:often|long|much|many|high|far|large|big|fast|strong|old)\b|\b(?:means?|stands?\s+for|called)\b/giu,
};

/** The terms of a question, without the words that only ask; all of them where nothing else is left. */
export function questionTerms(question: string, language: Language, cut?: Cutter): Term[] {
  const meant = distinctTerms(question.replace(asking[language], ' '), language, cut);
  return meant.length > 0 ? meant : distinctTerms(question, language, cut);
}

/**
 * The keys of what is no noun in a German question: written small, in a question that writes anything large behind its first
 * word. Whoever writes everything small says nothing by it.
 */
function smallWords(question: string, language: Language): ReadonlySet<string> {
  if (language !== 'de') return new Set();
  const words = question.trim().split(/\s+/u).slice(1);
  if (!words.some((word) => /^\P{L}*\p{Lu}/u.test(word))) return new Set();
  const small = words.filter((word) => /^\P{L}*\p{Ll}/u.test(word)).join(' ');
  return new Set(distinctTerms(small, language).map((term) => term.key));
}

/** The question's terms weighted by how rare they are among the passages' sentences; a term that is nowhere weighs most. */
function weigh(wanted: readonly Term[], small: ReadonlySet<string>, splits: readonly Split[]): Weighted[] {
  const all = splits.flatMap((split) => split.pieces.map((piece) => piece.terms));
  return wanted.map((term) => {
    const having = all.filter((there) => termCover(term, there) >= 0.6).length;
    const rarity = Math.log(1 + (all.length - having + 0.5) / (having + 0.5));
    const rare = Math.max(0.2, rarity) * (term.identifier ? IDENTIFIER_WEIGHT : 1);
    const less = !term.identifier && small.has(term.key) ? LESS_THAN_NOUN : { choice: 1, proof: 1 };
    return { term, weight: rare * less.choice, proof: rare * less.proof };
  });
}

/** 60.000, 11th and 15-minute say how much or which one: an answer may say it in other words, or for a whole range. */
const quantity = /^\d{1,3}(?:[.,]\d{3})+$|^\d+(?:st|nd|rd|th)$|^\d+(?:-\p{L}{2,})+$/u;

/** Whether the question names things exactly (`1.8.0`) and the passages have none of them: another one of its kind is no answer. */
export function namesUnknown(question: string, passages: readonly Passage[], language: Language): boolean {
  const names = distinctTerms(question, language).filter((term) => term.identifier && !quantity.test(term.key));
  if (names.length === 0) return false;
  const there = passages.flatMap(({ title, text }) => distinctTerms(`${title}\n${text}`, language));
  return names.every((name) => termCover(name, there) === 0);
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

function kindOf(text: string, heading: boolean): Pick<Piece, 'listItem' | 'introduces' | 'question'> {
  const marked = listMark.test(text);
  return {
    listItem: marked && !heading,
    introduces: !marked && !heading && !/[.!?]$/u.test(text),
    question: text.endsWith('?'),
  };
}

function splitPassage(passage: Passage, language: Language, cut: Cutter): Split {
  const pieces: Piece[] = [];
  const title = distinctTerms(passage.title, language, cut);
  const headingsOf = passage.places.map(({ headings }) => [
    ...title,
    ...distinctTerms(headings.join(' '), language, cut),
  ]);
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
    const terms = distinctTerms(text, language, cut);
    pieces.push({
      ...{ text, start, block, terms, label },
      over: before?.question ? before.terms : labels,
      headings: headingsOf[passage.places.findLastIndex((place) => place.at <= start)] ?? title,
      ...kindOf(text, isHeading(passage, text)),
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

function quoteOf({ passage, pieces }: Split, index: number, end: number): string {
  const first = pieces[index];
  const last = pieces[end - 1];
  return first && last ? passage.text.slice(first.start, last.start + last.text.length) : '';
}

interface Context {
  here: readonly Term[];
  over: readonly Term[];
  headings: readonly Term[];
  around: readonly Term[];
}

function contextOf({ pieces }: Split, index: number, end: number): Context {
  const { over = [], headings = [] } = pieces[index] ?? {};
  const here = pieces.slice(index, end).flatMap((piece) => piece.terms);
  const around = [index - 1, end].flatMap((at) => pieces[at]?.terms ?? []);
  return { here, over, around, headings };
}

function helped(term: Term, { here, over, headings, around }: Context): number {
  return Math.max(
    termCover(term, here),
    FROM_ABOVE * termCover(term, over),
    FROM_HEADING * termCover(term, headings),
    FROM_NEIGHBOUR * termCover(term, around),
  );
}

function candidateOf(split: Split, index: number, end: number, weighted: readonly Weighted[]): Candidate {
  const context = contextOf(split, index, end);
  const part = (by: 'weight' | 'proof', cover: (term: Term) => number): number => {
    const total = weighted.reduce((sum, one) => sum + one[by], 0) || 1;
    return weighted.reduce((sum, one) => sum + one[by] * cover(one.term), 0) / total;
  };
  return {
    passage: split.passage,
    text: quoteOf(split, index, end),
    sentences: end - index,
    own: part('weight', (term) => Math.max(termCover(term, context.here), FROM_ABOVE * termCover(term, context.over))),
    coverage: part('weight', (term) => helped(term, context)),
    evidence: part('proof', (term) => helped(term, context)),
  };
}

/** What may be quoted from a place on: the sentence, with the list that it introduces; and it with the next one, if that adds to it. */
function candidatesAt(split: Split, index: number, weighted: readonly Weighted[]): Candidate[] {
  const { pieces } = split;
  const end = listEnd(pieces, index);
  const one = candidateOf(split, index, end, weighted);
  const next = pieces[index + 1];
  const runs =
    end === index + 1 && next && running(pieces[index]) && running(next) && next.block === pieces[index]?.block;
  if (!runs) return [one];
  const two = candidateOf(split, index, index + 2, weighted);
  const other = candidateOf(split, index + 1, index + 2, weighted);
  return two.own >= Math.max(one.own, other.own) + ADDS ? [one, two] : [one];
}

/** A sentence of running text: no label, no item, no question. */
const running = (piece: Piece | undefined): boolean =>
  piece !== undefined && !piece.label && !piece.listItem && !piece.question && /[.!]$/u.test(piece.text);

/** A line without a figure, a sign at its end or the length of a sentence is a heading or a footer, not a statement. */
const TITLE_WORDS = 8;

/** Sentences that only announce, ask or repeat say nothing: too short, a question, or a heading. Nor do orders to an assistant. */
function saysSomething(candidate: Candidate): boolean {
  const { text, passage } = candidate;
  const words = text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  if (words < 3 || text.endsWith('?') || isHeading(passage, text) || givesOrders(text)) return false;
  return words >= TITLE_WORDS || /[.!:;)“”"]$|\p{N}|\|/u.test(text) || listMark.test(text);
}

/**
 * Every sentence of the passages with the part of the question it covers, best first, repeats (of overlapping chunks) left
 * out. Pure and without a model: words are compared by stem, identifiers exactly.
 */
export function rankSentences(question: string, passages: readonly Passage[], language: Language): Candidate[] {
  const vocabulary = createVocabulary();
  for (const { text, title } of language === 'de' ? passages : []) vocabulary.learn(`${title}\n${text}`);
  const cut: Cutter = vocabulary.parts;
  const splits = passages.map((passage) => splitPassage(passage, language, cut));
  const weighted = weigh(questionTerms(question, language, cut), smallWords(question, language), splits);
  const seen = new Set<string>();
  return splits
    .flatMap((split) =>
      split.pieces.flatMap((piece, index) => (piece.head ? [] : candidatesAt(split, index, weighted))),
    )
    .filter(saysSomething)
    .filter((candidate) => {
      const fresh = !seen.has(candidate.text);
      seen.add(candidate.text);
      return fresh;
    })
    .sort((a, b) => b.coverage - a.coverage || b.passage.score - a.passage.score);
}
