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
 * A question made mechanically whose answer is one chunk: half of the content words of one of its sentences, chosen by chance
 * but always the same ones. The whole sentence would be found by its words alone; a person who asks remembers some of them.
 * Undefined where the chunk has no sentence to ask with.
 */
export function knownItemQuestion(chunkId: string, text: string, language: Language): string | undefined {
  const usable = sentences(text, language).filter(
    (one) => one.text.length <= MAX_LENGTH && distinctTerms(one.text, language).length >= MIN_TERMS,
  );
  const sentence = usable[chance(chunkId) % Math.max(1, usable.length)];
  if (!sentence) return undefined;
  const content = (sentence.text.match(word) ?? []).filter((one) => distinctTerms(one, language).length > 0);
  const kept = content.filter((one, index) => chance(`${chunkId} ${index} ${one}`) % 2 === 0);
  return kept.length < 2 ? content.slice(0, MIN_TERMS).join(' ') : kept.join(' ');
}
