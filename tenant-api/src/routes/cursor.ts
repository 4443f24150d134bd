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

function foreign(): LunaError {
  return new LunaError('LUNA_CURSOR', 'The cursor is not one that this service gave out.', { status: 400 });
}

/** Reads a cursor back. Throws `LUNA_CURSOR` for one that this service did not make. */
export function decodeCursor(cursor: string): Position {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  const createdAt = new Date(time);
  // Years of more than four digits are none of ours, and the database reads them otherwise.
  if (Number.isNaN(createdAt.getTime()) || !/^\d{4}-/u.test(time) || !uuid.test(id)) throw foreign();
  return { createdAt, id };
}

/** An opaque text for the name after which the next page of a list by names begins. */
export function encodeNameCursor(name: string): string {
  return Buffer.from(name).toString('base64url');
}

/** Reads such a cursor back. Throws `LUNA_CURSOR` for one that this service did not make. */
export function decodeNameCursor(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString('utf8');
  // What is no name in UTF-8 does not come back as it was; the database knows no text with a NUL.
  if (encodeNameCursor(name) !== cursor || name.includes('\0')) throw foreign();
  return name;
}
