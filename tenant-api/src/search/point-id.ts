import { createHash } from 'node:crypto';

/** Any fixed UUID: the namespace of Luna's point ids (RFC 9562, version 5). */
const namespace = Buffer.from('5a1f6b0e9d3c4e7f8a2b6c1d0e9f8a7b', 'hex');

/** The name-based UUID (version 5) of a string. */
export function uuidV5(name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The id that a chunk has in PostgreSQL and in Qdrant: the same on every try, so that a repeated upsert repeats nothing. */
export function chunkId(itemId: string, version: number, chunkIdx: number): string {
  return uuidV5(`${itemId}|${version}|${chunkIdx}`);
}
