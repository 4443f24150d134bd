import { LunaError } from '@luna-iems/service-kit';
import { expect, test } from 'vitest';
import { databaseError, isTransientDatabaseError } from './errors.ts';

const failed = (message: string, code?: string): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

test.each([
  [failed('canceling statement due to statement timeout', '57014'), 'LUNA_DB_TIMEOUT', false],
  [failed('the database system is starting up', '57P03'), 'LUNA_DB_UNREACHABLE', true],
  [failed('sorry, too many clients already', '53300'), 'LUNA_DB_UNREACHABLE', true],
  [failed('deadlock detected', '40P01'), 'LUNA_DB_SERIALIZATION', true],
  [failed('duplicate key', '23505'), 'LUNA_DB_CONFLICT', false],
  [failed('permission denied', '42501'), 'LUNA_DB_FORBIDDEN', false],
  [failed('password authentication failed', '28P01'), 'LUNA_DB_LOGIN', false],
  [failed('syntax error', '42601'), 'LUNA_DB_QUERY', false],
  [failed('connect ECONNREFUSED', 'ECONNREFUSED'), 'LUNA_DB_UNREACHABLE', true],
  [failed('write EPIPE', 'EPIPE'), 'LUNA_DB_UNREACHABLE', true],
  [failed('Connection terminated unexpectedly'), 'LUNA_DB_UNREACHABLE', true],
  [failed('timeout exceeded when trying to connect'), 'LUNA_DB_UNREACHABLE', true],
  [failed('Query read timeout'), 'LUNA_DB_TIMEOUT', false],
])('%s is %s', (error, code, transient) => {
  expect(databaseError(error)).toMatchObject({ code, cause: error });
  expect(isTransientDatabaseError(error)).toBe(transient);
});

test('what the database named is kept, a LunaError stays itself', () => {
  const error = databaseError(Object.assign(failed('duplicate key', '23505'), { constraint: 'items_source_key' }));
  expect(error).toMatchObject({ sqlState: '23505', constraint: 'items_source_key', status: 409 });
  const own = new LunaError('LUNA_X', 'x');
  expect(databaseError(own)).toBe(own);
});
