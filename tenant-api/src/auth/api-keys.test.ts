import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, createSilentLogger } from '@luna-iems/service-kit';
import { createApiKeys, parseKeyEntry } from './api-keys.ts';

let dir: string;
const clock = createManualClock('2026-01-01T00:00:00Z');
const log = createSilentLogger();
const write = (name: string, key: string, scopes: string[] = ['read']): Promise<void> =>
  writeFile(join(dir, name), JSON.stringify({ key, scopes }));
const one = 'luna_1234567890123456';
const two = 'luna_abcdefghijklmnop';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('createApiKeys', () => {
  it('knows who a key belongs to', async () => {
    await write('admin', one, ['read', 'ask']);
    const keys = createApiKeys({ dir, log, clock });
    expect(await keys.find(one)).toMatchObject({ name: 'admin', scopes: new Set(['read', 'ask']) });
    expect(await keys.find(two)).toBeUndefined();
    expect(await keys.find(one.slice(0, -1))).toBeUndefined();
  });
  it('takes a changed Secret within seconds, without a restart', async () => {
    await write('admin', one);
    const keys = createApiKeys({ dir, log, clock });
    expect(await keys.find(one)).toBeDefined();
    await write('admin', two);
    clock.advance(6_000);
    expect(await keys.find(one)).toBeUndefined();
    expect(await keys.find(two)).toBeDefined();
  });
  it('passes over an unusable entry and the mount bookkeeping', async () => {
    await write('good', one);
    await writeFile(join(dir, 'bad'), 'not json');
    await writeFile(join(dir, '..data'), 'x');
    expect(await createApiKeys({ dir, log, clock }).find(one)).toBeDefined();
  });
  it('says what is wrong when there is no key', async () => {
    await expect(createApiKeys({ dir, log, clock }).check()).rejects.toMatchObject({
      code: 'LUNA_API_KEYS',
      status: 503,
    });
    await expect(createApiKeys({ dir: join(dir, 'nowhere'), log, clock }).check()).rejects.toThrow('ENOENT');
  });
});

describe('parseKeyEntry', () => {
  it.each(['', '{}', '{"key":"short","scopes":[]}', `{"key":"${one}"}`, `{"key":"${one}","scopes":["all"]}`])(
    'refuses %j without telling the key',
    (text) => {
      let message = '';
      try {
        parseKeyEntry('k', text);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toContain('"k"');
      expect(message).not.toContain(one);
    },
  );
});
