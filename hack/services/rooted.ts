import { readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';

const mostLinks = 40;

/**
 * The path inside a root folder that `path` means once that folder is `/`: links are followed as if we were inside, so an absolute
 * link (Debian's /var/run -> /run) cannot lead out of it.
 */
export async function resolveInRoot(root: string, path: string): Promise<string> {
  let done = '/';
  let todo = parts(path);
  let links = 0;
  while (todo.length > 0) {
    const [next = '', ...rest] = todo;
    const here = posix.join(done, next);
    const target = await readlink(join(root, here)).catch(() => undefined);
    if (target === undefined) {
      done = here;
      todo = rest;
      continue;
    }
    links += 1;
    if (links > mostLinks) throw new Error(`too many links in ${path} below ${root}`);
    if (posix.isAbsolute(target)) done = '/';
    todo = [...parts(target), ...rest];
  }
  return done;
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
