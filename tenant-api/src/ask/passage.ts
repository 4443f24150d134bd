import { placeAt, type Place } from '../chunk/chunker.ts';

/** A chunk that retrieval brought for a question, with its place and how well each leg liked it. */
export interface Passage {
  chunkId: string;
  chunkIdx: number;
  itemId: string;
  title: string;
  source: string;
  text: string;
  /** Where its parts stand in the document. */
  places: Place[];
  /** How well it fits, 0..1, comparable within one question only: of a search the fused score, of an answer see order.ts. */
  score: number;
  /** The raw cosine, where the dense leg found it. */
  dense?: number;
  /** Of a neighbour that was not found itself: the chunk that it stands around. */
  cameWith?: string;
}

/** One citation of an answer: `[n]`, where it points, and the words there. `quote` is a substring of the chunk's text. */
export interface Citation {
  n: number;
  itemId: string;
  chunkId: string;
  chunkIdx: number;
  title: string;
  source: string;
  page?: number;
  heading?: string;
  quote: string;
}

/** The citation of a quote in a passage; its place is that of the quote, not of the whole passage. */
export function cite(passage: Passage, n: number, quote: string): Citation {
  const { itemId, chunkId, chunkIdx, title, source, text, places } = passage;
  const { page, headings } = placeAt(places, Math.max(0, text.indexOf(quote)));
  return {
    ...{ n, itemId, chunkId, chunkIdx, title, source, quote },
    ...(page === undefined ? {} : { page }),
    ...(headings.length === 0 ? {} : { heading: headings.join(' › ') }),
  };
}
