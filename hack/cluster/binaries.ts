import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

import { cacheDir } from '../lib/cache.ts';
import { ToolError } from '../lib/errors.ts';
import { attempt } from '../lib/run.ts';
import { say } from '../lib/say.ts';
import { buildFlags, buildKey, programsFor, type Program } from './programs.ts';

const goRoot = join(import.meta.dirname, '..', 'go');
const rooms = ['core', 'tools'] as const;

const compilerVersion = async (): Promise<string> => {
  const asked = await attempt('go', ['version'], { cwd: join(goRoot, 'tools') });
  if (asked.code === 0) return asked.stdout.trim();
  throw new ToolError(
    'LUNA_NO_GO',
    'Go 1.26 or newer is needed to compile the cluster; install it and put "go" on the PATH',
  );
};

const sources = (): Map<string, string> => {
  const found = new Map<string, string>();
  for (const room of rooms) {
    for (const name of readdirSync(join(goRoot, room), { recursive: true, encoding: 'utf8' })) {
      if (/\.go$|go\.(mod|sum)$/.test(name))
        found.set(`${room}/${name}`, readFileSync(join(goRoot, room, name), 'utf8'));
    }
  }
  return found;
};

/** The directory that `ensureBinaries` fills for the sources as they are now, whether or not anything is in it yet. */
export const binariesDir = async (): Promise<string> =>
  join(cacheDir(), 'bin', buildKey(sources(), `${await compilerVersion()} ${process.platform} ${process.arch}`));

/**
 * Compiles what is missing, and gives the directory that holds `etcd`, `kube-apiserver`, `kubectl`, `helm` and the others.
 * Without names: everything but kind. Safe to call from several processes at once, and to kill: a program appears under its
 * name only when it is whole. Throws `LUNA_NO_GO`, `LUNA_BUILD_FAILED`.
 */
export const ensureBinaries = async (names?: readonly string[]): Promise<string> => {
  const dir = await binariesDir();
  mkdirSync(dir, { recursive: true });
  const missing = programsFor(names).filter((program) => !existsSync(join(dir, program.file)));
  for (const [index, program] of missing.entries()) await compile(program, dir, `${index + 1} of ${missing.length}`);
  for (const program of programsFor(names)) linkNames(program, dir);
  return dir;
};

const linkNames = (program: Program, dir: string): void => {
  for (const name of program.names) {
    if (existsSync(join(dir, name))) continue;
    const fresh = join(dir, `.new-${name}-${process.pid}`);
    symlinkSync(program.file, fresh);
    renameSync(fresh, join(dir, name));
  }
};

// The kernel holds the lock, so a killed build leaves none behind; whoever waited for it finds the program already there.
const unlessDone = 'test -e "$1" || { whole=$1; fresh=$2; shift 2; "$@" && mv "$fresh" "$whole"; }';

const compile = async (program: Program, dir: string, which: string): Promise<void> => {
  const done = join(dir, program.file);
  const fresh = join(dir, `.new-${program.file}-${process.pid}`);
  const build = ['go', 'build', ...buildFlags(program.room), '-o', fresh, program.target];
  const lock = (await hasFlock()) ? ['flock', join(cacheDir(), 'bin', '.lock')] : [];
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 1000);
  const label = `compiling ${program.file} (${which})`;
  say(`${label}: usually ${program.usualSeconds} s on two cores, seconds when little changed`);
  const ticker = setInterval(() => say(`${label}: ${seconds()} s so far`), 30_000);
  try {
    await spawned([...lock, 'sh', '-c', unlessDone, 'sh', done, fresh, ...build], join(goRoot, program.room));
  } finally {
    clearInterval(ticker);
    rmSync(fresh, { force: true });
  }
  if (!existsSync(done))
    throw new ToolError('LUNA_BUILD_FAILED', `${program.file} was not made in ${relative(cacheDir(), dir)}`);
  say(`${label}: done in ${seconds()} s`);
};

// Without util-linux (macOS) two builds at once waste time, but the rename still keeps each result whole.
const hasFlock = async (): Promise<boolean> => (await attempt('flock', ['--version'])).code === 0;

const spawned = (argv: readonly string[], cwd: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const [command = '', ...args] = argv;
    const child = spawn(command, args, { cwd, stdio: ['ignore', 2, 2], env: { ...process.env, CGO_ENABLED: '0' } });
    child.on('error', (cause) => reject(new ToolError('LUNA_BUILD_FAILED', `${command} did not start`, cause)));
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new ToolError('LUNA_BUILD_FAILED', `go build ended with ${code}`)),
    );
  });
