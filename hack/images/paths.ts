import { join, resolve } from 'node:path';
import { cacheDir } from '../lib/cache.ts';

/** Root of the repository. */
export const repository = resolve(import.meta.dirname, '../..');

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
export function imagePaths(cache: string = cacheDir()): ImagePaths {
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
