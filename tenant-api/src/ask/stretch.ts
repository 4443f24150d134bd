import type { Language } from '../text/language.ts';
import { placeAt } from '../chunk/chunker.ts';
import { sentences } from '../text/sentences.ts';
import type { Candidate } from './evidence.ts';
import type { Nearness } from './nearness.ts';
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

/** What the nearness of a sentence's meaning counts beside the part of the question that its words cover. */
const NEARNESS = 0.35;
/** What the search's liking of its passage counts: enough to decide between sentences that are alike. */
const PASSAGE = 0.2;

/** A stretch under the title and the heading that it stands under: by itself it may not say what it is about. */
function underHeading({ title, text, places }: Passage, quote: string, stretch: string): string {
  const [heading] = placeAt(places, Math.max(0, text.indexOf(quote))).headings.slice(-1);
  const above = [title, ...(heading === undefined || stretch.includes(heading) ? [] : [heading])];
  return `${above.join(' › ')}\n\n${stretch}`;
}

/**
 * The stretches of the passages that are likeliest to answer, likeliest first: around the sentences that words and meaning like best,
 * wherever they stand, each under its title and heading. Where there are too few sentences, passages from their beginning.
 */
export function bestStretches(
  passages: readonly Passage[],
  candidates: readonly Candidate[],
  nearness: Nearness,
  { language, most }: { language: Language; most: number },
): string[] {
  const liking = ({ text, coverage, passage }: Candidate): number =>
    coverage + NEARNESS * (nearness.get(text) ?? 0) + PASSAGE * passage.score;
  const quotes = [
    ...candidates.toSorted((a, b) => liking(b) - liking(a)),
    ...passages.map((passage) => ({ passage, text: '' })),
  ];
  const chosen: { chunkId: string; stretch: string; read: string }[] = [];
  for (const { passage, text: quote } of quotes) {
    if (chosen.length === most) break;
    // An empty quote is in every stretch: a passage that is read already is not read from its beginning as well.
    if (chosen.some((one) => one.chunkId === passage.chunkId && one.stretch.includes(quote))) continue;
    const stretch = stretchAround(passage.text, quote, language);
    chosen.push({ chunkId: passage.chunkId, stretch, read: underHeading(passage, quote, stretch) });
  }
  return chosen.map((one) => one.read);
}
