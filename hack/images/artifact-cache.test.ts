import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createArtifactCache } from './artifact-cache.ts';
import type { Artifact } from './types.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'luna-artifacts-'));
});
afterEach(() => rm(root, { recursive: true }));

const cache = (): ReturnType<typeof createArtifactCache> => createArtifactCache(root, (_what, _usual, work) => work());
const artifact = (make: Artifact['make']): Artifact => ({ key: ['one', '1'], usualSeconds: 1, make });

it('makes an artifact once', async () => {
  let made = 0;
  const one = artifact(async (folder) => {
    made += 1;
    await writeFile(join(folder, 'content'), 'whole');
  });
  const first = await cache().folder('one', one);
  expect(await cache().folder('one', one)).toBe(first);
  expect([made, await readFile(join(first, 'content'), 'utf8')]).toEqual([1, 'whole']);
});

it('leaves nothing of one that failed half-way', async () => {
  const half = artifact(async (folder) => {
    await writeFile(join(folder, 'content'), 'ha');
    throw new Error('power cut');
  });
  await expect(cache().folder('one', half)).rejects.toThrow('power cut');
  expect(await readdir(root)).toEqual([]);
});

it('sweeps what a killed run left', async () => {
  await mkdtemp(join(root, '.new-'));
  await writeFile(join(root, 'kept'), '');
  await cache().sweep();
  expect(await readdir(root)).toEqual(['kept']);
});
