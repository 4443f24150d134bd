import type { Language } from '../text/language.ts';
import type { Candidate } from './evidence.ts';
import type { Passage } from './passage.ts';

/**
 * What the best sentence of a passage adds to the search's score of it: docs/adr/0023. In English it brought nothing, nor does it in
 * German beside vectors of a model that understands it: docs/adr/0024.
 */
const SENTENCE: Record<Language, number> = { de: 0.5, en: 0 };

interface Ordered {
  passages: Passage[];
  /** The same candidates, of the passages with their new scores. */
  candidates: Candidate[];
}

/**
 * Orders passages by the search's score and by how much of the question their best sentence carries by itself: search sees that a
 * passage has the words of the question, this sees that it has them together. Neighbours stay behind the passage that they came
 * with. `understood` says that vectors had a say which understand the language; the order stays the search's then. Pure.
 */
export function orderBySentences(
  passages: readonly Passage[],
  candidates: readonly Candidate[],
  { language, understood }: { language: Language; understood: boolean },
): Ordered {
  const weight = understood ? 0 : SENTENCE[language];
  const best = new Map<string, number>();
  for (const { passage, own } of candidates) best.set(passage.chunkId, Math.max(best.get(passage.chunkId) ?? 0, own));
  const scored = passages.map((passage) => ({
    ...passage,
    score: (passage.score + weight * (best.get(passage.chunkId) ?? 0)) / (1 + weight),
  }));
  const byId = new Map(scored.map((passage) => [passage.chunkId, passage]));
  return {
    passages: scored
      .filter((passage) => passage.cameWith === undefined)
      .sort((a, b) => b.score - a.score)
      .flatMap((found) => [found, ...scored.filter((passage) => passage.cameWith === found.chunkId)]),
    candidates: candidates.map((one) => ({ ...one, passage: byId.get(one.passage.chunkId) ?? one.passage })),
  };
}
