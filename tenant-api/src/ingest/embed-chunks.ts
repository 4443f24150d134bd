import { LunaError } from '@luna-iems/service-kit';
import { splitChunk, type Chunk } from '../chunk/chunker.ts';
import { createTokenCounter } from '../chunk/tokens.ts';
import type { ActiveProfile } from '../embed/profile-manager.ts';
import { searchableText } from '../embed/profile.ts';

/** A chunk with what was embedded of it. */
export interface EmbeddedChunk {
  chunk: Chunk;
  searchable: string;
  vector: number[];
}

export interface EmbedProgress {
  /** Told how many chunks are embedded, as long as there are more. */
  onProgress?: (done: number) => Promise<void>;
  signal?: AbortSignal;
}

const BATCH = 32;
/** A chunk that is still too long after so many halvings is not text. */
const MAX_SPLITS = 12;

type Embed = (chunks: readonly Chunk[], splits: number) => Promise<EmbeddedChunk[]>;

/**
 * Embeds chunks in order. One that the model finds too long is cut in two and tried again, so that no text is dropped or cut
 * off silently; the result may so have more chunks than were given.
 */
export async function embedChunks(
  profile: ActiveProfile,
  chunks: readonly Chunk[],
  progress: EmbedProgress = {},
): Promise<EmbeddedChunk[]> {
  const count = createTokenCounter(profile.preset.charsPerToken);
  const most = { tokens: profile.sizes.headingTokens, count };
  const embed: Embed = async (batch, splits) => {
    const searchable = batch.map((chunk) => searchableText(chunk.places[0]?.headings ?? [], chunk.text, most));
    const vectors = await profile.embedder.passages(searchable, progress.signal);
    const made: EmbeddedChunk[] = [];
    for (const [index, chunk] of batch.entries()) {
      const vector = vectors[index];
      if (vector) made.push({ chunk, searchable: searchable[index] ?? chunk.text, vector });
      else made.push(...(await embedHalves(chunk, splits)));
    }
    return made;
  };
  const embedHalves = (chunk: Chunk, splits: number): Promise<EmbeddedChunk[]> => {
    const halves = splits < MAX_SPLITS ? splitChunk(chunk, count) : undefined;
    if (!halves)
      throw new LunaError('LUNA_EMBED_TOO_LONG', 'The model refuses even a short piece of this document.', {
        status: 422,
      });
    return embed(halves, splits + 1);
  };
  const all: EmbeddedChunk[] = [];
  for (let from = 0; from < chunks.length; from += BATCH) {
    if (from > 0) await progress.onProgress?.(from);
    all.push(...(await embed(chunks.slice(from, from + BATCH), 0)));
  }
  return all;
}
