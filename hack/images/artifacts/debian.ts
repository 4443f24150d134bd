import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../../lib/errors.ts';
import { patient } from '../../lib/run.ts';
import { imageVersions } from '../../versions.ts';
import { ensureHostTools } from '../host-tools.ts';
import type { Artifact } from '../types.ts';

/** `rootfs.tar`: Debian's minimal system, without documents and translations, from the mirror that this machine itself uses. */
export const debianArtifact: Artifact = {
  key: ['debian', imageVersions.debianSuite, process.arch, '3'],
  usualSeconds: 25,
  async make(folder) {
    await ensureHostTools(['debootstrap']);
    const root = join(folder, 'root');
    const mirror = debianMirror(await aptSources());
    await patient.run('debootstrap', ['--variant=minbase', imageVersions.debianSuite, root, mirror]);
    await slim(root);
    await patient.run('tar', [
      '--create',
      '--numeric-owner',
      '--one-file-system',
      '--sort=name',
      '-C',
      root,
      '-f',
      join(folder, 'rootfs.tar'),
      '.',
    ]);
    await rm(root, { recursive: true });
  },
};

async function slim(root: string): Promise<void> {
  const keepLight = ['doc', 'man', 'info', 'locale', 'lintian', 'bug'].map(
    (name) => `path-exclude=/usr/share/${name}/*`,
  );
  await writeFile(
    join(root, 'etc/dpkg/dpkg.cfg.d/luna'),
    `${keepLight.join('\n')}\npath-include=/usr/share/doc/*/copyright\n`,
  );
  await writeFile(join(root, 'etc/apt/apt.conf.d/00luna'), await hostAptSettings());
  await patient.run('sh', [
    '-c',
    'rm -rf "$1"/usr/share/locale/* "$1"/usr/share/man/* "$1"/usr/share/info/* "$1"/usr/share/lintian "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*; find "$1/usr/share/doc" -type f ! -name copyright -delete',
    'sh',
    root,
  ]);
}

/** How this machine's own client reaches its mirror: proxies and the checks of a mirror's age. */
async function hostAptSettings(): Promise<string> {
  const dump = await patient.run('apt-config', ['dump']);
  const wanted = dump.split('\n').filter((line) => /^Acquire::(https?::Proxy|Check-|Retries)/.test(line));
  return [
    'Acquire::Languages "none";',
    'APT::Install-Recommends "false";',
    'APT::Sandbox::User "root";',
    ...wanted,
    '',
  ].join('\n');
}

async function aptSources(): Promise<string[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []);
  const files = ['/etc/apt/sources.list', ...names.sort().map((name) => join(folder, name))];
  return Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
}

/** The Debian mirror named first in apt's sources, in either of their two formats. */
export function debianMirror(sources: readonly string[]): string {
  for (const text of sources) {
    for (const line of text.split('\n')) {
      const url = /^\s*(?:URIs:|deb\s+(?:\[[^\]]*\])?)\s*(\S+)/.exec(line)?.[1];
      if (url !== undefined && /\/debian\/?$/.test(url)) return url;
    }
  }
  throw new ToolError(
    'LUNA_NO_MIRROR',
    'apt on this machine names no Debian mirror (a URL that ends in /debian): the local images are built from one',
  );
}

/** Makes a folder that is certainly empty. */
export async function freshFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}
