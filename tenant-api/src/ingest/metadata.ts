/** What is kept with a chunk beside its text: its place, and what a new profile needs to embed it again. */
export interface ChunkMetadata {
  headings: string[];
  page?: number;
  tokens: number;
}

/** Reads stored metadata, whatever an older version wrote. */
export function readMetadata(stored: Readonly<Record<string, unknown>>): ChunkMetadata {
  const { headings, page, tokens } = stored;
  return {
    headings: Array.isArray(headings) ? headings.filter((one) => typeof one === 'string') : [],
    tokens: typeof tokens === 'number' ? tokens : 0,
    ...(typeof page === 'number' ? { page } : {}),
  };
}
