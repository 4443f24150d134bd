import { describe, expect, it } from 'vitest';
import { decodeCursor, decodeNameCursor, encodeCursor, encodeNameCursor } from './cursor.ts';

describe('cursors', () => {
  const position = { createdAt: new Date('2026-01-02T03:04:05.678Z'), id: '5a1f6b0e-9d3c-4e7f-8a2b-6c1d0e9f8a7b' };
  it('come back as they were', () => expect(decodeCursor(encodeCursor(position))).toEqual(position));
  it.each([
    '',
    'abc',
    Buffer.from('2026-01-01|x').toString('base64url'),
    Buffer.from(`never|${position.id}`).toString('base64url'),
    Buffer.from(`+275760-01-01T00:00:00.000Z|${position.id}`).toString('base64url'),
  ])('refuse %j', (cursor) => expect(() => decodeCursor(cursor)).toThrow('not one that this service gave out'));
  it('of names come back as they were', () => expect(decodeNameCursor(encodeNameCursor('Zähler-7'))).toBe('Zähler-7'));
  it.each(['Ìël', 'abc=', Buffer.from([0xff, 0xfe]).toString('base64url'), encodeNameCursor('a\0b')])(
    'of names refuse %j',
    (cursor) => expect(() => decodeNameCursor(cursor)).toThrow('not one that this service gave out'),
  );
});
