import type { Language } from '../text/language.ts';
import { namesUnknown, type Candidate } from './evidence.ts';
import type { Clarity } from '../search/clarity.ts';
import type { Passage } from './passage.ts';

const sentence: Record<Language, string> = {
  de: 'Dazu steht nichts in Ihren Dokumenten.',
  en: 'Your documents say nothing about this.',
};

/** What is answered when the documents do not carry an answer. */
export function refusalSentence(language: Language): string {
  return sentence[language];
}

/** How a model's cosines count beside the words, calibrated for the model; see docs/adr/0021. */
export interface EvidenceRule {
  /** What the best passage's cosine is multiplied with before it is added to the rest. */
  similarity: number;
  /** What the sum must reach, by the language of the question. */
  enough: Record<Language, number>;
}

/** What must be reached where no model helps to judge. */
const ENOUGH_WORDS = 0.57;
/** What a search that found something clearly adds to the part of the question that is covered: docs/adr/0023. */
const STANDS_OUT = 0.3;
const AGREEMENT = 0.15;

export interface Judged {
  question: string;
  language: Language;
  clarity: Clarity;
  /** Undefined for a model that was never calibrated. */
  rule: EvidenceRule | undefined;
}

/**
 * Whether the passages carry an answer at all: by the part of the question that their best sentence covers, by how clearly the search
 * found them and, where the model is calibrated and the question could be embedded, by how near the nearest passage is. Where something
 * is asked for by a name that no passage has, only the words count.
 */
export function hasEvidence(
  candidates: readonly Candidate[],
  passages: readonly Passage[],
  { question, language, clarity, rule }: Judged,
): boolean {
  const coverage = Math.max(0, ...candidates.map((candidate) => candidate.evidence));
  if (namesUnknown(question, passages, language)) return coverage >= ENOUGH_WORDS;
  const found = coverage + STANDS_OUT * clarity.standsOut + AGREEMENT * clarity.agreement;
  const cosines = passages.flatMap((passage) => passage.dense ?? []);
  if (!rule || cosines.length === 0) return found >= ENOUGH_WORDS;
  return found + rule.similarity * Math.max(...cosines) >= rule.enough[language];
}
