import { createHash } from 'node:crypto';
import type { EmbeddingIdentity } from '@luna-iems/tenant-db';
import type { EmbeddingPreset } from './presets.ts';
import type { Normalisation } from './normalise.ts';

/** Raise it when chunks or what is embedded of them are made differently: it makes a new profile, and so a new collection. */
const CHUNKER = 'v1';

/** Sizes of chunks that suit a model's context. */
export interface ChunkSizes {
  maxTokens: number;
  overlapTokens: number;
  /** Most tokens of the heading path that is embedded with the text. */
  headingTokens: number;
}

/** A twentieth of the context stays free for what the estimate misses; larger contexts do not make larger chunks. */
export function chunkSizes(preset: EmbeddingPreset): ChunkSizes {
  const room = Math.floor(preset.contextTokens * 0.95) - Math.ceil(preset.documentPrefix.length / preset.charsPerToken);
  const headingTokens = Math.min(40, Math.floor(room * 0.2));
  const maxTokens = Math.min(480, room - headingTokens);
  return { maxTokens, overlapTokens: Math.floor(maxTokens * 0.12), headingTokens };
}

export interface ProfileInput {
  model: string;
  digest: string;
  preset: EmbeddingPreset;
  normalisation: Normalisation;
}

/** Everything that makes two vectors comparable. */
export function identityOf({ model, digest, preset, normalisation }: ProfileInput): EmbeddingIdentity {
  const { maxTokens, overlapTokens } = chunkSizes(preset);
  return {
    model,
    digest,
    dimensions: preset.dimensions,
    normalisation,
    documentPrefix: preset.documentPrefix,
    queryPrefix: preset.queryPrefix,
    chunker: `${CHUNKER}/${maxTokens}/${overlapTokens}`,
  };
}

/** The Qdrant collection of a profile: `chunks_` and a hash of the whole identity. */
export function collectionOf(identity: EmbeddingIdentity): string {
  const { model, digest, dimensions, normalisation, documentPrefix, queryPrefix, chunker } = identity;
  const text = JSON.stringify([model, digest, dimensions, normalisation, documentPrefix, queryPrefix, chunker]);
  return `chunks_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}

/** What is embedded and searched of a chunk: its heading path, shortened from the outside, above its text. */
export function searchableText(
  headings: readonly string[],
  text: string,
  most: { tokens: number; count: (text: string) => number },
): string {
  const kept: string[] = [];
  let used = 0;
  for (const heading of headings.toReversed()) {
    used += most.count(heading) + 1;
    if (used > most.tokens) break;
    kept.unshift(heading);
  }
  const path = kept.join(' › ');
  return path === '' || text.startsWith(path) ? text : `${path}\n${text}`;
}
