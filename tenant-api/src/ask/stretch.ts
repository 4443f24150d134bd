import type { Language } from '../text/language.ts';
import { placeAt } from '../chunk/chunker.ts';
import { sentences } from '../text/sentences.ts';
import type { Candidate } from './evidence.ts';
import type { Passage } from './passage.ts';

/** Letters that come along on each side of the best sentence, and what is missing of the sentence they end in. */
const AROUND = 150;

/** A quote with the sentences around it: a substring of the text. From its beginning, where the quote is not in it. */
export function stretchAround(text: string, quote: string, language: Language): string {
  const spans = sentences(text, language);
  const found = text.indexOf(quote);
  const begin = Math.max(0, found);
  const end = found < 0 ? 0 : found + quote.length;
  const startOf = (index: number): number => spans[index]?.start ?? 0;
  const endOf = (index: number): number => startOf(index) + (spans[index]?.text.length ?? 0);
  let first = Math.max(
    0,
    spans.findLastIndex((span) => span.start <= begin),
  );
  let last = Math.max(
    first,
    spans.findLastIndex((span) => span.start < end),
  );
  while (first > 0 && begin - startOf(first) < AROUND) first -= 1;
  while (last < spans.length - 1 && endOf(last) - end < AROUND) last += 1;
  return text.slice(startOf(first), endOf(last));
}

/** The stretch of a passage that is likeliest to answer, under its title and heading: around the best of its candidates, or its beginning. */
export function bestStretch(passage: Passage, candidates: readonly Candidate[], language: Language): string {
  const { chunkId, title, text, places } = passage;
  const quote = candidates.find((candidate) => candidate.passage.chunkId === chunkId)?.text ?? '';
  const stretch = stretchAround(text, quote, language);
  const [heading] = placeAt(places, Math.max(0, text.indexOf(quote))).headings.slice(-1);
  const above = [title, ...(heading === undefined || stretch.includes(heading) ? [] : [heading])];
  return `${above.join(' › ')}\n\n${stretch}`;
}
