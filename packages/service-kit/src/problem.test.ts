import { expect, test } from 'vitest';
import { LunaError } from './errors.ts';
import { toProblem } from './problem.ts';

test('a LunaError becomes its own problem, details beside the standard members', () => {
  const error = new LunaError('LUNA_TOO_LONG', 'The question has 100000 characters; 4000 are allowed.', {
    status: 413,
    details: { limit: 4000, status: 1 },
  });
  expect(toProblem(error)).toEqual({
    type: 'about:blank',
    title: 'Payload Too Large',
    status: 413,
    detail: 'The question has 100000 characters; 4000 are allowed.',
    code: 'LUNA_TOO_LONG',
    limit: 4000,
  });
});

test("a framework's 4xx keeps its message and gets our code", () => {
  const error = Object.assign(new Error('Body is not valid JSON'), {
    statusCode: 400,
    code: 'FST_ERR_CTP_INVALID_JSON_BODY',
  });
  expect(toProblem(error)).toMatchObject({ status: 400, detail: 'Body is not valid JSON', code: 'LUNA_BAD_REQUEST' });
});

test('anything else tells nothing about our inside', () => {
  for (const error of [
    new Error('password is hunter2'),
    'password is hunter2',
    Object.assign(new Error('hunter2'), { statusCode: 503 }),
  ]) {
    expect(JSON.stringify(toProblem(error))).not.toContain('hunter2');
  }
  expect(toProblem(undefined)).toMatchObject({ status: 500, code: 'LUNA_INTERNAL' });
  expect(toProblem(Object.assign(new Error('x'), { statusCode: 200 })).status).toBe(500);
});
