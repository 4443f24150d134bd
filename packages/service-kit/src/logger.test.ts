import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { LunaError } from './errors.ts';
import { createLogger } from './logger.ts';

function capture(): { destination: Writable; lines: () => Record<string, unknown>[]; text: () => string } {
  const pieces: string[] = [];
  const destination = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece.toString());
      done();
    },
  });
  const text = (): string => pieces.join('');
  return {
    destination,
    text,
    lines: () =>
      text()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

test('each entry is one JSON line with name, level as a word, ISO time and the base fields', () => {
  const out = capture();
  createLogger({ name: 'tenant-api', base: { tenant: 'acme' }, destination: out.destination }).info(
    { items: 3 },
    'ready',
  );
  expect(out.lines()).toEqual([
    {
      level: 'info',
      name: 'tenant-api',
      tenant: 'acme',
      items: 3,
      msg: 'ready',
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    },
  ]);
});

test('secrets are redacted wherever they hang', () => {
  const out = capture();
  const log = createLogger({ name: 'x', destination: out.destination });
  log.info({ password: 'hunter2', headers: { authorization: 'Bearer hunter2', 'api-key': 'hunter2' } }, 'a');
  log.info(
    { req: { headers: { authorization: 'hunter2', cookie: 'hunter2' } }, a: { b: { c: { key: 'hunter2' } } } },
    'b',
  );
  log.child({ token: 'hunter2' }).info('c');
  expect(out.text()).not.toContain('hunter2');
  expect(out.text().match(/\[redacted\]/g)).toHaveLength(7);
});

test('an error is logged with its code and its cause', () => {
  const out = capture();
  const error = new LunaError('LUNA_X', 'outer', { cause: new Error('inner') });
  createLogger({ name: 'x', destination: out.destination }).error({ err: error }, 'failed');
  const [line] = out.lines();
  expect(line?.['err']).toMatchObject({ code: 'LUNA_X', message: expect.stringContaining('inner') as string });
});

test('levels below the chosen one are silent', () => {
  const out = capture();
  createLogger({ name: 'x', level: 'warn', destination: out.destination }).info('quiet');
  expect(out.text()).toBe('');
});
