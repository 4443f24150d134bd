import type { Language } from '../text/language.ts';
import { sentences } from '../text/sentences.ts';
import { distinctTerms, termMatch } from '../text/terms.ts';
import { cite, type Citation, type Passage } from './passage.ts';

// One or several numbers in one pair of brackets: [1], [1, 2].
const marker = /\s?\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/gu;

export interface CitedAnswer {
  answer: string;
  citations: Citation[];
}

function validNumbers(list: string, count: number): number[] {
  const numbers = list.split(',').map((part) => Number(part.trim()));
  return [...new Set(numbers)].filter((n) => n >= 1 && n <= count);
}

/** The passage's sentence that says most of what the claim says; its first sentence when none does. */
function bestQuote(claim: string, passage: Passage, language: Language): string {
  const wanted = distinctTerms(claim, language);
  let best = { text: passage.text, score: -1 };
  for (const { text } of sentences(passage.text, language)) {
    const there = distinctTerms(text, language);
    const score = wanted.reduce((sum, term) => sum + Math.max(0, ...there.map((other) => termMatch(term, other))), 0);
    if (score > best.score) best = { text, score };
  }
  return best.text;
}

/**
 * Checks a generated answer's citations: numbers without a passage are removed from the text, and each that stays gets the
 * quote in its passage that the sentence before the mark leans on. Every quote is a substring of its chunk.
 */
export function validateCitations(answer: string, passages: readonly Passage[], language: Language): CitedAnswer {
  const claims = new Map<number, string>();
  let from = 0;
  const cleaned = answer.replace(marker, (whole: string, list: string, at: number) => {
    const numbers = validNumbers(list, passages.length);
    const claim =
      answer
        .slice(from, at)
        .split(/(?<=[.!?])\s/u)
        .at(-1) ?? '';
    from = at + whole.length;
    for (const n of numbers) claims.set(n, claims.get(n) ?? claim);
    if (numbers.length === 0) return '';
    return `${/^\s/u.test(whole) ? ' ' : ''}[${numbers.join(', ')}]`;
  });
  const citations = [...claims]
    .sort(([a], [b]) => a - b)
    .flatMap(([n, claim]) => {
      const passage = passages[n - 1];
      return passage ? [cite(passage, n, bestQuote(claim, passage, language))] : [];
    });
  return { answer: cleaned.trim(), citations };
}

/** Takes an answer piece by piece and gives it back without citations that do not exist. */
export interface CitationFilter {
  /** What can be shown now. */
  push(piece: string): string;
  /** What was still held back at the end. */
  end(): string;
}

/** Longest mark that is held back until it is complete. */
const HOLD = 24;

/** A filter for streams: holds back from an opening bracket until it is known whether it is a citation, and of what. */
export function createCitationFilter(passageCount: number): CitationFilter {
  let held = '';
  const release = (text: string): string =>
    text.replace(marker, (whole: string, list: string) => (validNumbers(list, passageCount).length > 0 ? whole : ''));
  return {
    push: (piece) => {
      held += piece;
      const open = held.lastIndexOf('[');
      const undecided = open >= 0 && /^\[[\d\s,]*$/u.test(held.slice(open)) && held.length - open < HOLD;
      // The blank before a mark goes with it.
      const cut = undecided
        ? held.slice(0, open).trimEnd().length
        : /\s$/u.test(held)
          ? held.trimEnd().length
          : held.length;
      const ready = held.slice(0, cut);
      held = held.slice(cut);
      return release(ready);
    },
    end: () => {
      const rest = release(held);
      held = '';
      return rest;
    },
  };
}
