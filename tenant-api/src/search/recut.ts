import { readLiveChunks, sql, type Database } from '@luna-iems/tenant-db';
import { createTokenCounter } from '../chunk/tokens.ts';
import type { ActiveProfile } from '../embed/profile-manager.ts';
import { searchableText } from '../embed/profile.ts';
import { readMetadata } from '../ingest/metadata.ts';
import { languageOfTag } from '../text/language.ts';
import { chunksAlias, type VectorIndex } from './vector-index.ts';

export interface RecutDeps {
  db: Database;
  index: Pick<VectorIndex, 'recut' | 'remove'>;
}

interface Row {
  chunkId: string;
  text: string;
  metadata: Record<string, unknown>;
  language: string | null;
}

const PAGE = 128;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Brings the words of all German chunks up to what the vocabulary knows now: a document that came early was cut with few words.
 * Costs no embedding. Returns the number of points that changed.
 */
export async function recutChunks(deps: RecutDeps, profile: ActiveProfile, signal?: AbortSignal): Promise<number> {
  const most = { tokens: profile.sizes.headingTokens, count: createTokenCounter(profile.preset.charsPerToken) };
  let changed = 0;
  for (let after = FIRST, more = true; more;) {
    signal?.throwIfAborted();
    const rows = await deps.db.query<Row>(sql`select c.chunk_id as "chunkId", c.text, c.metadata, i.language
      from item_chunks c join items i on i.item_id = c.item_id and i.version = c.version
      where c.chunk_id > ${after}::uuid and coalesce(i.language, 'de') = 'de' order by c.chunk_id limit ${PAGE}`);
    const ids = await deps.index.recut(
      rows.map(({ chunkId: id, text, metadata, language }) => ({
        ...{ id, language: languageOfTag(language ?? undefined) ?? 'de' },
        text: searchableText(readMetadata(metadata).places[0]?.headings ?? [], text, most),
      })),
    );
    // A version that was taken out of service meanwhile must not come back with its point.
    const live = new Set((await readLiveChunks(deps.db, ids)).map((chunk) => chunk.chunkId));
    const dead = ids.filter((id) => !live.has(id));
    if (dead.length > 0) await deps.index.remove(chunksAlias, dead);
    changed += ids.length - dead.length;
    more = rows.length === PAGE;
    after = rows.at(-1)?.chunkId ?? after;
  }
  return changed;
}
