import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Root of the repository. */
export const repository = resolve(import.meta.dirname, '../..');

/** Where everything that can be made again is kept: `LUNA_CACHE`, or `luna` in the user's cache folder. */
export function lunaCache(env: NodeJS.ProcessEnv = process.env): string {
  return env['LUNA_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'luna');
}

export type ImagePaths = {
  readonly root: string;
  readonly archives: string;
  readonly artifacts: string;
  readonly rootfs: string;
  readonly store: string;
  readonly runRoot: string;
  readonly lock: string;
};

/** The folders of the image builds inside the cache. */
export function imagePaths(cache: string = lunaCache()): ImagePaths {
  const root = join(cache, 'images');
  return {
    root,
    archives: join(root, 'archives'),
    artifacts: join(root, 'artifacts'),
    rootfs: join(root, 'rootfs'),
    store: join(root, 'store'),
    runRoot: join(root, 'run'),
    lock: join(root, '.lock'),
  };
}
