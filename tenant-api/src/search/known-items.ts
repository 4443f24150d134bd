import { createHash } from 'node:crypto';
import type { Language } from '../text/language.ts';
import { sentences } from '../text/sentences.ts';
import { distinctTerms } from '../text/terms.ts';

const MIN_TERMS = 5;
const MAX_LENGTH = 400;

/** A number that a text always has and that says nothing of it. */
export function chance(text: string): number {
  return createHash('sha1').update(text).digest().readUInt32BE(0);
}

const word = /[\p{L}\p{N}][\p{L}\p{N}.,:-]*/gu;

/**
 * Questions made mechanically whose answer is one chunk, one of each of its sentences: half of the content words, chosen by chance
 * but always the same ones for a seed. The whole sentence would be found by its words alone; a person who asks remembers some of them.
 * Empty where the chunk has no sentence to ask with.
 */
export function knownItemQuestions(seed: string, text: string, language: Language): string[] {
  return usable(text, language).map((sentence) => someWordsOf(seed, sentence, language));
}

function usable(text: string, language: Language): string[] {
  return sentences(text, language)
    .map((one) => one.text)
    .filter((one) => one.length <= MAX_LENGTH && distinctTerms(one, language).length >= MIN_TERMS);
}

function someWordsOf(seed: string, sentence: string, language: Language): string {
  const content = (sentence.match(word) ?? []).filter((one) => distinctTerms(one, language).length > 0);
  const kept = content.filter((one, index) => chance(`${seed} ${index} ${one}`) % 2 === 0);
  return kept.length < 2 ? content.slice(0, MIN_TERMS).join(' ') : kept.join(' ');
}

/** One of them, chosen by chance but always the same one. */
export function knownItemQuestion(chunkId: string, text: string, language: Language): string | undefined {
  const all = usable(text, language);
  const sentence = all[chance(chunkId) % Math.max(1, all.length)];
  return sentence === undefined ? undefined : someWordsOf(chunkId, sentence, language);
}
