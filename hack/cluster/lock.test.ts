import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { identify } from './local/processes.ts';
import { withLock } from './lock.ts';

describe.runIf(process.platform === 'linux')('a lock between processes', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'luna-lock-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('gives the result of the work, and leaves no file', async () => {
    expect(await withLock(join(dir, 'lock'), async () => 42)).toBe(42);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is free again after work that failed', async () => {
    await expect(withLock(join(dir, 'lock'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(join(dir, 'lock'), async () => 'free')).toBe('free');
  });

  it('is taken from a holder that was killed', async () => {
    // Our own process id, but another start: the id was used again after the holder had died.
    writeFileSync(join(dir, 'lock'), JSON.stringify({ ...identify(process.pid), startTime: '1' }));
    expect(await withLock(join(dir, 'lock'), async () => 'mine')).toBe('mine');
  });
});
