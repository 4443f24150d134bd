import type { Language } from '../text/language.ts';
import { sentences } from '../text/sentences.ts';
import { distinctTerms, termMatch, type Term } from '../text/terms.ts';
import type { Passage } from './passage.ts';

/** A sentence of a passage that may answer the question. `text` is a substring of the passage's text. */
export interface Candidate {
  passage: Passage;
  text: string;
  /** Part of the question's weight that the sentence covers by itself, 0..1. */
  own: number;
  /** The same with its headings and neighbours helping, 0..1. */
  coverage: number;
}

interface Weighted {
  term: Term;
  weight: number;
}

interface Split {
  passage: Passage;
  spans: { text: string; terms: Term[] }[];
  headingTerms: Term[];
}

/** How much an identifier counts against a word of the same rarity: whoever types `1.8.0` means exactly that. */
const IDENTIFIER_WEIGHT = 2.5;
const FROM_HEADING = 0.6;
const FROM_NEIGHBOUR = 0.35;

const best = (wanted: Term, there: readonly Term[]): number =>
  Math.max(0, ...there.map((term) => termMatch(wanted, term)));

/** The question's terms weighted by how rare they are among the passages' sentences; a term that is nowhere weighs most. */
function weigh(questionTerms: readonly Term[], splits: readonly Split[]): Weighted[] {
  const all = splits.flatMap((split) => split.spans.map((span) => span.terms));
  return questionTerms.map((term) => {
    const having = all.filter((there) => best(term, there) >= 0.6).length;
    const rarity = Math.log(1 + (all.length - having + 0.5) / (having + 0.5));
    return { term, weight: Math.max(0.2, rarity) * (term.identifier ? IDENTIFIER_WEIGHT : 1) };
  });
}

function candidateOf(split: Split, index: number, weighted: readonly Weighted[]): Candidate | undefined {
  const span = split.spans[index];
  if (span === undefined) return undefined;
  const around = [...(split.spans[index - 1]?.terms ?? []), ...(split.spans[index + 1]?.terms ?? [])];
  let total = 0;
  let own = 0;
  let helped = 0;
  for (const { term, weight } of weighted) {
    const here = best(term, span.terms);
    total += weight;
    own += weight * here;
    helped +=
      weight * Math.max(here, FROM_HEADING * best(term, split.headingTerms), FROM_NEIGHBOUR * best(term, around));
  }
  if (total === 0) return { passage: split.passage, text: span.text, own: 0, coverage: 0 };
  return { passage: split.passage, text: span.text, own: own / total, coverage: helped / total };
}

function splitPassage(passage: Passage, language: Language): Split {
  return {
    passage,
    spans: sentences(passage.text, language).map((span) => ({
      text: span.text,
      terms: distinctTerms(span.text, language),
    })),
    headingTerms: distinctTerms([...passage.headings, passage.title].join(' '), language),
  };
}

/** Sentences that only announce or repeat: too short to say something, or the heading itself. */
function saysSomething(candidate: Candidate): boolean {
  const words = candidate.text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  return words >= 3 && !candidate.passage.headings.includes(candidate.text);
}

/**
 * Every sentence of the passages with the part of the question it covers, best first, repeats (of overlapping chunks) left
 * out. Pure and without a model: words are compared by stem, identifiers exactly.
 */
export function rankSentences(question: string, passages: readonly Passage[], language: Language): Candidate[] {
  const splits = passages.map((passage) => splitPassage(passage, language));
  const weighted = weigh(distinctTerms(question, language), splits);
  const seen = new Set<string>();
  return splits
    .flatMap((split) => split.spans.map((_, index) => candidateOf(split, index, weighted)))
    .filter((candidate) => candidate !== undefined)
    .filter(saysSomething)
    .filter((candidate) => {
      const fresh = !seen.has(candidate.text);
      seen.add(candidate.text);
      return fresh;
    })
    .sort((a, b) => b.coverage - a.coverage || b.passage.score - a.passage.score);
}
