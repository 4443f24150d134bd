import { stemGerman } from './stem-german.ts';

/** The German words that a body of texts uses by themselves: what its compounds can be made of. */
export interface Vocabulary {
  /** Reads a text's words in. */
  learn(text: string): void;
  /** The parts of a compound that the vocabulary knows, in order; empty where the word is no compound to it. */
  readonly parts: (word: string) => readonly string[];
  /** Number of different words known. */
  readonly size: number;
}

interface Known {
  /** Times the word was seen. */
  count: number;
  /** Times it was written large inside a sentence, as nouns are. */
  asNoun: number;
}

const words = /(?<![\p{L}\p{N}-])\p{L}+(?![\p{L}\p{N}-])/gu;
// What stands before a word that does not begin a sentence.
const insideSentence = /[\p{L}\p{N},;:)%–] $/u;
// Written as words of their own, these are parts of others by accident: unter|lagen, nach|weis.
const never = new Set(
  'ab aber alle als am an auch auf aus bei beim bis das dass dein dem den der des die dies doch durch ein eine einem einen einer eines für gegen hat ich im in ihm ihn ihr ihre ist jede kann kein mein mit nach nicht noch nur oder ohne sein seine sich sie sind über unter und uns viel vom von vor war was weil wenn wer wie wir wird zum zur wieder weiter zwischen mehr sehr eben erst hier dort dann'.split(
    ' ',
  ),
);

interface Segments {
  parts: string[];
  score: number;
}

const MIN_WHOLE = 7;
const MAX_PARTS = 4;
const MIN_PART = 4;
/** Short nouns may be parts too: Gas|zähler, Öl|probe, Werk|tag. */
const MIN_NOUN = 2;
const MIN_HEAD = 3;
const MAX_CACHED = 50_000;

/** An empty vocabulary. */
export function createVocabulary(): Vocabulary {
  const known = new Map<string, Known>();
  const cache = new Map<string, readonly string[]>();

  const learn = (text: string): void => {
    for (const match of text.matchAll(words)) {
      const word = match[0];
      if (word.length < MIN_NOUN || never.has(word.toLowerCase())) continue;
      const key = stemGerman(word.toLowerCase());
      const one = known.get(key) ?? { count: 0, asNoun: 0 };
      one.count += 1;
      const before = text.slice(Math.max(0, match.index - 2), match.index);
      if (/^\p{Lu}\p{Ll}+$/u.test(word) && insideSentence.test(before)) one.asNoun += 1;
      known.set(key, one);
    }
    cache.clear();
  };

  const weight = (part: string, head: boolean): number => {
    const one = known.get(stemGerman(part));
    if (!one) return 0;
    if (part.length < (head ? MIN_HEAD : MIN_NOUN)) return 0;
    if (head || part.length < MIN_PART) return one.asNoun;
    return one.count;
  };

  const alone = (word: string): Segments | undefined => {
    const count = weight(word, true);
    return count > 0 ? { parts: [word], score: Math.log(count) } : undefined;
  };

  /** The cut into at most `most` known words that those seen most often speak for: the greatest mean of their logarithms. */
  const cut = (word: string, most: number): Segments | undefined => {
    let best: Segments | undefined;
    for (let at = MIN_NOUN; at <= word.length - MIN_HEAD; at += 1) {
      const left = weight(word.slice(0, at), false);
      if (left === 0) continue;
      const rest = word.slice(at);
      const right = alone(rest) ?? (most > 2 ? cut(rest, most - 1) : undefined);
      if (!right) continue;
      const parts = [word.slice(0, at), ...right.parts];
      const score = (Math.log(left) + right.score * right.parts.length) / parts.length;
      if (!best || score > best.score) best = { parts, score };
    }
    return best;
  };

  const split = (word: string): readonly string[] => {
    if (word.length < MIN_WHOLE) return [];
    return (cut(word, MAX_PARTS)?.parts ?? []).flatMap((part) => {
      const finer = split(part);
      return finer.length === 0 ? [part] : finer;
    });
  };

  return {
    learn,
    parts: (word) => {
      // An ending of verbs, not the noun: fehl|ende, but Wochen|ende.
      if (/^\p{Ll}.*ende[mnrs]?$/u.test(word)) return [];
      const lower = word.toLowerCase();
      let parts = cache.get(lower);
      if (!parts) {
        parts = split(lower);
        if (cache.size < MAX_CACHED) cache.set(lower, parts);
      }
      return parts;
    },
    get size() {
      return known.size;
    },
  };
}
