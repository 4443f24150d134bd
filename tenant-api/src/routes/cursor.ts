import { LunaError } from '@luna-iems/service-kit';

/** A position in a list that is ordered by time and id. */
export interface Position {
  createdAt: Date;
  itemId: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

/** An opaque text for the position after which the next page begins. */
export function encodeCursor({ createdAt, itemId }: Position): string {
  return Buffer.from(`${createdAt.toISOString()}|${itemId}`).toString('base64url');
}

/** Reads a cursor back. Throws `LUNA_CURSOR` for one that this service did not make. */
export function decodeCursor(cursor: string): Position {
  const [time = '', itemId = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  const createdAt = new Date(time);
  if (Number.isNaN(createdAt.getTime()) || !uuid.test(itemId)) {
    throw new LunaError('LUNA_CURSOR', 'The cursor is not one that this service gave out.', { status: 400 });
  }
  return { createdAt, itemId };
}
