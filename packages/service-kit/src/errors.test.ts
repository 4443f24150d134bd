import { expect, test } from 'vitest';
import { LunaError, errorCode, errorMessage, isLunaError } from './errors.ts';

test('a LunaError carries code, status, details and cause', () => {
  const cause = new Error('socket closed');
  const error = new LunaError('LUNA_X', 'no answer', { cause, status: 503, details: { service: 'tika' } });
  expect(error).toMatchObject({ name: 'LunaError', code: 'LUNA_X', status: 503, details: { service: 'tika' }, cause });
  expect(isLunaError(error, 'LUNA_X')).toBe(true);
  expect(isLunaError(error, 'LUNA_Y')).toBe(false);
  expect(isLunaError(cause)).toBe(false);
  expect(errorCode(error)).toBe('LUNA_X');
});

test('the message of a chain names every cause once', () => {
  const inner = new Error('connect ECONNREFUSED');
  const error = new LunaError('LUNA_X', 'tika does not answer', { cause: new Error('fetch failed', { cause: inner }) });
  expect(errorMessage(error)).toBe('tika does not answer: fetch failed: connect ECONNREFUSED');
  expect(errorMessage(new LunaError('LUNA_X', 'failed: connect ECONNREFUSED', { cause: inner }))).toBe(
    'failed: connect ECONNREFUSED',
  );
});

test('an empty aggregate error, as Node throws for a refused localhost, still says something', () => {
  const error = new AggregateError(
    [new Error('connect ECONNREFUSED ::1'), new Error('connect ECONNREFUSED 127.0.0.1')],
    '',
  );
  expect(errorMessage(error)).toBe('connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1');
});

test('a chain that bites its tail ends', () => {
  const error = new Error('a');
  error.cause = error;
  expect(errorMessage(error)).toBe('a');
});
