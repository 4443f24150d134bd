import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { cacheDir } from '../../lib/cache.ts';
import { run } from '../../lib/run.ts';
import type { ImageArchive } from '../cluster.ts';
import { dockerArchive, type ImageEntry } from './docker-archive.ts';

/** The images that the cluster itself is made of. */
export interface SystemImages {
  readonly pause: ImageArchive;
  readonly coredns: ImageArchive;
  readonly localPathProvisioner: ImageArchive;
  readonly shell: ImageArchive;
}

const home = (): string => join(cacheDir(), 'system-images');

const imageOf = (name: string, entries: readonly ImageEntry[], entrypoint: readonly string[]): ImageArchive => {
  const hash = createHash('sha256').update(entrypoint.join('\0'));
  for (const entry of entries) hash.update(`\0${entry.path}\0`).update('link' in entry ? entry.link : entry.content);
  const tag = hash.digest('hex').slice(0, 16);
  const ref = `localhost/luna-system/${name}:${tag}`;
  const path = join(home(), `${name}-${tag}.tar`);
  if (!existsSync(path)) {
    const fresh = `${path}.new-${process.pid}`;
    writeFileSync(fresh, dockerArchive(ref, entries, { entrypoint }));
    renameSync(fresh, path);
  }
  return { ref, path };
};

const program = (bin: string, name: string): ImageEntry => ({
  path: `usr/bin/${name}`,
  content: readFileSync(join(bin, name)),
});

const busybox = async (): Promise<Buffer> => {
  const kept = join(home(), 'busybox');
  if (existsSync(kept)) return readFileSync(kept);
  // Unpacked, not installed: Debian's static busybox would push the ordinary one off the machine.
  const scratch = mkdtempSync(join(home(), '.busybox-'));
  try {
    await run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', 'busybox-static'], { cwd: scratch });
    const found = readdirSync(scratch).find((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['--extract', found ?? '', 'unpacked'], { cwd: scratch });
    const inside = ['usr/bin', 'bin']
      .map((at) => join(scratch, 'unpacked', at, 'busybox'))
      .find((path) => existsSync(path));
    renameSync(inside ?? '', kept);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return readFileSync(kept);
};

const applets = [
  'sh',
  'cat',
  'chmod',
  'echo',
  'env',
  'id',
  'ls',
  'mkdir',
  'mv',
  'nslookup',
  'rm',
  'sleep',
  'stat',
  'test',
  'touch',
  'wget',
];

const shell = async (): Promise<ImageArchive> => {
  const links = applets.map((name): ImageEntry => ({ path: `bin/${name}`, link: 'busybox' }));
  return imageOf('shell', [{ path: 'bin/busybox', content: await busybox() }, ...links], ['/bin/sh']);
};

/** Makes the archives of the cluster's own images out of the compiled programs; what is in the cache already is not made again. */
export const ensureSystemImages = async (bin: string): Promise<SystemImages> => {
  mkdirSync(home(), { recursive: true });
  const single = (name: string): ImageArchive => imageOf(name, [program(bin, name)], [`/usr/bin/${name}`]);
  return {
    pause: single('pause'),
    coredns: single('coredns'),
    localPathProvisioner: single('local-path-provisioner'),
    shell: await shell(),
  };
};
