import { stretchAround } from '../../tenant-api/src/ask/stretch.ts';
import type { Language } from '../../tenant-api/src/text/language.ts';
import { sentences, type Span } from '../../tenant-api/src/text/sentences.ts';

/** A text to cut examples from, in sentences as the API sees them. */
export interface Text {
  readonly text: string;
  readonly language: Language;
  readonly sentences: readonly Span[];
}

export function textOf(text: string, language: Language): Text {
  return { text, language, sentences: sentences(text, language) };
}

/** The number of the sentence that a letter is in; undefined between sentences. */
export function sentenceAt({ sentences }: Text, letter: number): number | undefined {
  const at = sentences.findIndex(({ start, text }) => start <= letter && letter < start + text.length);
  return at < 0 ? undefined : at;
}

/** A sentence and those beside it, as the API gives them to a reader. */
export function stretchAt({ text, language, sentences }: Text, at: number): string {
  return stretchAround(text, sentences[at]?.text ?? '', language);
}

/** What words are compared by: German ends its words in many ways. */
export function stems(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  return new Set(words.filter((word) => word.length > 3).map((word) => word.slice(0, 6)));
}

/** How many stems both have. */
export function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  return [...one].filter((stem) => other.has(stem)).length;
}

/** The number of the sentence that shares most words with a question; the first of several, 0 where there is none. */
export function mostLike(text: Text, question: string): number {
  const wanted = stems(question);
  const likeness = text.sentences.map((sentence) => shared(wanted, stems(sentence.text)));
  return Math.max(0, likeness.indexOf(Math.max(...likeness)));
}

/**
 * What is left of a text without the sentence that answers and without any that has one of the accepted answers in it: it speaks of the same
 * thing and does not answer. `there` is the number of the sentence that now stands where the answer stood, undefined where nothing is left.
 */
export function withoutAnswer(
  { language, sentences }: Text,
  where: number,
  answers: readonly string[],
): { rest: Text; there: number } | undefined {
  const said = answers.filter((answer) => answer.length > 2).map((answer) => answer.toLowerCase());
  const silent = (sentence: Span, at: number): boolean =>
    at !== where && !said.some((answer) => sentence.text.toLowerCase().includes(answer));
  const left = sentences.flatMap((sentence, at) => (silent(sentence, at) ? [{ text: sentence.text, at }] : []));
  const rest = textOf(left.map((sentence) => sentence.text).join(' '), language);
  if (rest.sentences.length === 0) return undefined;
  const there = Math.min(rest.sentences.length - 1, left.filter(({ at }) => at < where).length);
  return { rest, there };
}
