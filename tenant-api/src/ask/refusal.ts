import type { Language } from '../text/language.ts';
import { namesUnknown, type Candidate } from './evidence.ts';
import type { Passage } from './passage.ts';

const sentence: Record<Language, string> = {
  de: 'Dazu steht nichts in Ihren Dokumenten.',
  en: 'Your documents say nothing about this.',
};

/** What is answered when the documents do not carry an answer. */
export function refusalSentence(language: Language): string {
  return sentence[language];
}

/** Part of the question's weight that the best sentence must cover where no model helps to judge, with its surroundings helping. */
const ENOUGH_WORDS = 0.45;

/** How a model's cosines count beside the words, calibrated for the model; see docs/adr/0021. */
export interface EvidenceRule {
  /** What the best passage's cosine is multiplied with before it is added to the coverage of the best sentence. */
  similarity: number;
  /** What the sum must reach, by the language of the question. */
  enough: Record<Language, number>;
}

/**
 * Whether the passages carry an answer at all: by the part of the question that their best sentence covers and, where the model
 * is calibrated and the question could be embedded, by how near the nearest passage is. Nearness is no help where something is asked for
 * by a name that no passage has.
 */
export function hasEvidence(
  candidates: readonly Candidate[],
  passages: readonly Passage[],
  judged: { question: string; rule: EvidenceRule | undefined; language: Language },
): boolean {
  const coverage = Math.max(0, ...candidates.map((candidate) => candidate.evidence));
  const cosines = passages.flatMap((passage) => passage.dense ?? []);
  const near = judged.rule && cosines.length > 0 && !namesUnknown(judged.question, passages, judged.language);
  if (!judged.rule || !near) return coverage >= ENOUGH_WORDS;
  return coverage + judged.rule.similarity * Math.max(...cosines) >= judged.rule.enough[judged.language];
}
