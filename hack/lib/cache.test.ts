import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheDir } from './cache.ts';

it.each([
  [{ LUNA_CACHE: '/fast/luna', XDG_CACHE_HOME: '/xdg' }, '/fast/luna'],
  [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/luna'],
  [{}, join(homedir(), '.cache/luna')],
  // As the shell's `${LUNA_CACHE:-…}` in hack/bootstrap.sh: set to nothing is not set.
  [{ LUNA_CACHE: '', XDG_CACHE_HOME: '' }, join(homedir(), '.cache/luna')],
])('with %j is %s', (env, expected) => {
  expect(cacheDir(env)).toBe(expected);
});
