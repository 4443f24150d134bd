import { sql, type Database } from '@luna-iems/tenant-db';
import type { Logger } from '@luna-iems/service-kit';
import { embedChunks } from '../ingest/embed-chunks.ts';
import { readMetadata } from '../ingest/metadata.ts';
import { createTokenCounter } from '../chunk/tokens.ts';
import type { IndexPoint, VectorIndex } from '../search/vector-index.ts';
import { languageOfTag } from '../text/language.ts';
import type { ActiveProfile } from './profile-manager.ts';
import { searchableText } from './profile.ts';

export interface RefillDeps {
  db: Database;
  index: VectorIndex;
  log: Logger;
}

/** A stored chunk with what its point says of it. */
export interface RefillRow {
  chunkId: string;
  itemId: string;
  version: number;
  chunkIdx: number;
  text: string;
  metadata: Record<string, unknown>;
  tags: string[];
  source: string;
  language: string | null;
}

const PAGE = 64;

function nextPage(db: Database, after: string): Promise<RefillRow[]> {
  return db.query<RefillRow>(sql`select c.chunk_id as "chunkId", c.item_id as "itemId", c.version, c.chunk_idx as "chunkIdx", c.text, c.metadata,
      i.tags, i.source, i.language
    from item_chunks c join items i on i.item_id = c.item_id and i.version = c.version
    where c.chunk_id > ${after}::uuid order by c.chunk_id limit ${PAGE}`);
}

/** One vector for a chunk that had to be embedded in pieces: their mean, of length 1. */
function mean(vectors: readonly (readonly number[])[]): number[] {
  const [first = []] = vectors;
  if (vectors.length === 1) return [...first];
  const sum = first.map((_, i) => vectors.reduce((total, vector) => total + (vector[i] ?? 0), 0));
  const length = Math.sqrt(sum.reduce((total, x) => total + x * x, 0)) || 1;
  return sum.map((x) => x / length);
}

/** The vector of a stored chunk that the new model finds too long: of its pieces, taken together. */
async function vectorInPieces(profile: ActiveProfile, row: RefillRow, signal?: AbortSignal): Promise<number[]> {
  const { places, tokens } = readMetadata(row.metadata);
  const pieces = await embedChunks(profile, [{ text: row.text, places, tokens }], signal ? { signal } : {});
  return mean(pieces.map((piece) => piece.vector));
}

/** Embeds stored chunks again and writes their points. */
export async function refillPage(
  deps: RefillDeps,
  profile: ActiveProfile,
  rows: readonly RefillRow[],
  signal?: AbortSignal,
): Promise<void> {
  const most = { tokens: profile.sizes.headingTokens, count: createTokenCounter(profile.preset.charsPerToken) };
  const texts = rows.map((row) => searchableText(readMetadata(row.metadata).places[0]?.headings ?? [], row.text, most));
  const vectors = await profile.embedder.passages(texts, signal);
  const points: IndexPoint[] = [];
  for (const [index, row] of rows.entries()) {
    const { chunkId: id, itemId, version, chunkIdx, tags, source } = row;
    const vector = vectors[index] ?? (await vectorInPieces(profile, row, signal));
    const language = languageOfTag(row.language ?? undefined) ?? 'de';
    points.push({ id, vector, text: texts[index] ?? row.text, itemId, version, chunkIdx, tags, source, language });
  }
  await deps.index.upsert(profile.collection, points);
}

/** Embeds all live chunks again into a new profile's collection; the text in PostgreSQL is all it takes. Safe to repeat. */
export async function refill(deps: RefillDeps, profile: ActiveProfile, signal?: AbortSignal): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  let done = 0;
  for (;;) {
    const rows = await nextPage(deps.db, after);
    if (rows.length === 0) break;
    signal?.throwIfAborted();
    await refillPage(deps, profile, rows, signal);
    done += rows.length;
    after = rows.at(-1)?.chunkId ?? after;
  }
  if (done > 0) deps.log.info({ chunks: done, collection: profile.collection }, 'stored chunks embedded anew');
}
