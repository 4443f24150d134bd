import type { Chunk, Place } from '../chunk/chunker.ts';

/** What is kept with a chunk beside its text: where its parts stand, and what a new profile needs to embed it again. */
export interface ChunkMetadata {
  places: Place[];
  tokens: number;
}

/** The metadata of a chunk, as it is stored. */
export function metadataOf({ places, tokens }: Chunk): Record<string, unknown> {
  return { places, tokens };
}

function readPlace(stored: unknown): Place[] {
  const { at, headings, page } = (stored ?? {}) as Record<string, unknown>;
  if (typeof at !== 'number' || !Array.isArray(headings)) return [];
  const texts = headings.filter((one) => typeof one === 'string');
  return [{ at, headings: texts, ...(typeof page === 'number' ? { page } : {}) }];
}

/** Reads stored metadata; what another version wrote differently is left out, never guessed. */
export function readMetadata(stored: Readonly<Record<string, unknown>>): ChunkMetadata {
  const { places, tokens } = stored;
  const read = Array.isArray(places) ? places.flatMap(readPlace) : [];
  return {
    places: read.length > 0 ? read : [{ at: 0, headings: [] }],
    tokens: typeof tokens === 'number' ? tokens : 0,
  };
}
