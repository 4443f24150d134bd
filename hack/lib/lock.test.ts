import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './lock.ts';

describe.runIf(process.platform === 'linux')('a lock between processes', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'luna-lock-'));
    file = join(folder, 'deep', 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives the result of the work, and leaves no file', async () => {
    expect(await withLock(file, async () => existsSync(file))).toBe(true);
    expect(readdirSync(join(folder, 'deep'))).toEqual([]);
  });

  it('lets one at a time in, and the next one after a failure', async () => {
    let inside = 0;
    const seen: number[] = [];
    const enter = (fail: boolean): Promise<void> =>
      withLock(file, async () => {
        inside += 1;
        seen.push(inside);
        await sleep(30);
        inside -= 1;
        if (fail) throw new Error('inside');
      });
    const results = await Promise.allSettled([enter(true), enter(false), enter(true), enter(false)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(seen).toEqual([1, 1, 1, 1]);
  });

  it('keeps newcomers out for one who had to wait, and whose file is gone', async () => {
    const waiting = await withLock(file, async () => {
      const second = withLock(file, () => withLock(file, async () => 'both', 50));
      second.catch(() => undefined);
      await sleep(200); // it waits by now; were it not to, this test would prove less, but not fail
      return { second };
    });
    await expect(waiting.second).rejects.toMatchObject({ code: 'LUNA_TIMEOUT' });
  });

  it('gives up with a sentence when the other does not end in time', async () => {
    const late = withLock(file, () => withLock(file, async () => 'both', 50));
    await expect(late).rejects.toMatchObject({
      code: 'LUNA_TIMEOUT',
      message: expect.stringContaining(`another run that holds ${file}`) as unknown,
    });
    expect(await withLock(file, async () => 'free')).toBe('free');
  });

  it('is taken from a holder that was killed', async () => {
    const source = `
      import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
      await withLock(process.argv[1], () => new Promise(() => { console.log('held'); setInterval(() => 0, 1e6); }));`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', source, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(other.stdout, 'data');
      await expect(withLock(file, async () => 'both', 50)).rejects.toMatchObject({ code: 'LUNA_TIMEOUT' });
    } finally {
      other.kill('SIGKILL');
    }
    expect(await withLock(file, async () => 'mine', 60_000)).toBe('mine');
  });

  it('minds no file that an earlier run left', async () => {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(file, JSON.stringify({ pid: process.pid }));
    expect(await withLock(file, async () => 'mine')).toBe('mine');
  });

  it('says when there can be none', async () => {
    mkdirSync(file, { recursive: true });
    await expect(withLock(file, async () => 'mine')).rejects.toMatchObject({ code: 'LUNA_LOCK' });
  });
});
