import { LunaError } from '@luna-iems/service-kit';

/** A position in a list that is ordered by time and id. */
export interface Position {
  createdAt: Date;
  id: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

/** An opaque text for the position after which the next page begins. */
export function encodeCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt.toISOString()}|${id}`).toString('base64url');
}

/** Reads a cursor back. Throws `LUNA_CURSOR` for one that this service did not make. */
export function decodeCursor(cursor: string): Position {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  const createdAt = new Date(time);
  if (Number.isNaN(createdAt.getTime()) || !uuid.test(id)) {
    throw new LunaError('LUNA_CURSOR', 'The cursor is not one that this service gave out.', { status: 400 });
  }
  return { createdAt, id };
}
