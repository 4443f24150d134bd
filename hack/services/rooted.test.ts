import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resolveInRoot } from './rooted.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'luna-rooted-'));
  await mkdir(join(root, 'var/lib'), { recursive: true });
  await mkdir(join(root, 'run'));
});
afterEach(() => rm(root, { recursive: true }));

it('keeps a path without links, existing or not', async () => {
  expect(await resolveInRoot(root, '/var/lib/data')).toBe('/var/lib/data');
});

it('follows an absolute link inside the root instead of out of it', async () => {
  await symlink('/run', join(root, 'var/run'));
  expect(await resolveInRoot(root, '/var/run/postgresql')).toBe('/run/postgresql');
});

it('follows a relative link, and never climbs above the root', async () => {
  await symlink('../../../../run', join(root, 'var/lib/out'));
  expect(await resolveInRoot(root, '/var/lib/out/x')).toBe('/run/x');
});

it('gives up on a circle', async () => {
  await symlink('b', join(root, 'a'));
  await symlink('a', join(root, 'b'));
  await expect(resolveInRoot(root, '/a')).rejects.toThrow('too many links');
});
