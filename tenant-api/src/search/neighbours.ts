import { sql, type Database, type LiveChunk } from '@luna-iems/tenant-db';

/** A place in a document. */
export interface ChunkPlace {
  itemId: string;
  chunkIdx: number;
}

/** The chunks of live versions that stand at the given places, in no order. */
export function readChunksAt(db: Database, places: readonly ChunkPlace[]): Promise<LiveChunk[]> {
  if (places.length === 0) return Promise.resolve([]);
  return db.query<LiveChunk>(sql`select c.chunk_id as "chunkId", c.chunk_idx as "chunkIdx", c.text, c.metadata,
      i.item_id as "itemId", i.version, i.title, i.source, i.tags, i.url, i.language
    from unnest(${places.map((place) => place.itemId)}::uuid[], ${places.map((place) => place.chunkIdx)}::int[]) as at(item_id, chunk_idx)
    join items i on i.item_id = at.item_id
    join item_chunks c on c.item_id = i.item_id and c.version = i.version and c.chunk_idx = at.chunk_idx`);
}

/** The places up to `reach` before and after each of the given ones, without these, each once. */
export function placesAround(hits: readonly ChunkPlace[], reach: number): ChunkPlace[] {
  const key = ({ itemId, chunkIdx }: ChunkPlace): string => `${itemId} ${chunkIdx}`;
  const seen = new Set(hits.map(key));
  const around: ChunkPlace[] = [];
  for (const { itemId, chunkIdx } of hits) {
    for (let at = Math.max(0, chunkIdx - reach); at <= chunkIdx + reach; at += 1) {
      const place = { itemId, chunkIdx: at };
      if (!seen.has(key(place))) around.push(place);
      seen.add(key(place));
    }
  }
  return around;
}
