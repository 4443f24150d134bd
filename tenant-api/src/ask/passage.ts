/** A chunk that retrieval brought for a question, with its place and how well each leg liked it. */
export interface Passage {
  chunkId: string;
  chunkIdx: number;
  itemId: string;
  title: string;
  source: string;
  text: string;
  headings: string[];
  page?: number;
  /** The fused score, 0..1, comparable within one question only. */
  score: number;
  /** The raw cosine, where the dense leg found it. */
  dense?: number;
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

/** The citation of a quote in a passage. */
export function cite(passage: Passage, n: number, quote: string): Citation {
  return {
    n,
    itemId: passage.itemId,
    chunkId: passage.chunkId,
    chunkIdx: passage.chunkIdx,
    title: passage.title,
    source: passage.source,
    quote,
    ...(passage.page === undefined ? {} : { page: passage.page }),
    ...(passage.headings.length === 0 ? {} : { heading: passage.headings.join(' › ') }),
  };
}
