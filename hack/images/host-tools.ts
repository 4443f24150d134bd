import { ToolError } from '../lib/errors.ts';
import { patient } from '../lib/run.ts';

/** A program, or a file, that a build needs on this machine, and the Debian package that brings it. */
export type HostTool = { readonly test: readonly [string, ...string[]]; readonly debian: string };

const command = (name: string): readonly [string, ...string[]] => ['sh', '-c', `command -v ${name}`];

/** What the builds need. Keys are what the definitions ask for. */
export const hostTools = {
  buildah: { test: command('buildah'), debian: 'buildah' },
  debootstrap: { test: command('debootstrap'), debian: 'debootstrap' },
  flock: { test: command('flock'), debian: 'util-linux' },
  compiler: { test: command('g++'), debian: 'g++' },
  json: { test: ['test', '-f', '/usr/include/nlohmann/json.hpp'], debian: 'nlohmann-json3-dev' },
  stb: { test: ['test', '-f', '/usr/include/stb/stb_image.h'], debian: 'libstb-dev' },
  pip: { test: ['python3', '-m', 'pip', '--version'], debian: 'python3-pip' },
  maven: { test: command('mvn'), debian: 'maven' },
  unzip: { test: command('unzip'), debian: 'unzip' },
} as const satisfies Record<string, HostTool>;

export type HostToolName = keyof typeof hostTools;

/** Installs what is missing with apt; says what to install where it cannot. Go is not installed: Debian's is too old. */
export async function ensureHostTools(names: readonly HostToolName[]): Promise<void> {
  const missing: string[] = [];
  for (const name of names) {
    const { test, debian } = hostTools[name];
    if (!(await patient.succeeds(test[0], test.slice(1)))) missing.push(debian);
  }
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !(await patient.succeeds('sh', ['-c', 'command -v apt-get']))) {
    throw new ToolError(
      'LUNA_HOST_TOOLS',
      `missing on this machine: ${missing.join(', ')}. As root: apt-get install ${missing.join(' ')}`,
    );
  }
  await patient.run('apt-get', ['update']);
  await patient.run('apt-get', ['install', '-y', '--no-install-recommends', ...missing], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}
