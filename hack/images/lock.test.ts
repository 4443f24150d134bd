import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { withLock } from './lock.ts';

it('lets one at a time in, and the next one after a failure', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'luna-lock-'));
  const file = join(folder, 'deep/lock');
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
  const results = await Promise.allSettled([enter(true), enter(false), enter(true)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
  expect(seen).toEqual([1, 1, 1]);
  await rm(folder, { recursive: true });
});
