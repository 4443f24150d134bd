import type { Language } from '../text/language.ts';
import type { Candidate } from './evidence.ts';
import type { Passage } from './passage.ts';

const sentence: Record<Language, string> = {
  de: 'Dazu steht nichts in Ihren Dokumenten.',
  en: 'Your documents say nothing about this.',
};

/** What is answered when the documents do not carry an answer. */
export function refusalSentence(language: Language): string {
  return sentence[language];
}

/** Part of the question's weight that the best sentence must cover, with its headings and neighbours helping. */
const ENOUGH_WORDS = 0.45;
/** With a good embedding model less wording is enough: the same thing may be said in other words. */
const SOME_WORDS = 0.25;

/**
 * Whether the passages carry an answer at all. `strongDense` is the cosine from which this model's hits mean something;
 * undefined where the model is not good enough at the language to be trusted without words.
 */
export function hasEvidence(
  candidates: readonly Candidate[],
  passages: readonly Passage[],
  strongDense: number | undefined,
): boolean {
  const coverage = Math.max(0, ...candidates.map((candidate) => candidate.coverage));
  if (coverage >= ENOUGH_WORDS) return true;
  const dense = Math.max(0, ...passages.map((passage) => passage.dense ?? 0));
  return strongDense !== undefined && coverage >= SOME_WORDS && dense >= strongDense;
}
