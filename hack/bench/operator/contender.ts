import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { bundleOptions } from '../../images/bundle.ts';
import { cacheDir } from '../../lib/cache.ts';
import { run } from '../../lib/run.ts';
import { processStats, type ProcessStats } from './process-stats.ts';

/** The operators that compete. Those that watch follow every child, as ours does; the other peers the tenants alone. */
export const CONTENDERS = [
  'luna',
  'controller-runtime',
  'kopf',
  'controller-runtime-watching',
  'kopf-watching',
] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** How an operator is started. */
export interface Program {
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** A running operator. */
export interface Running {
  readonly pid: number;
  /** Milliseconds (monotonic) at which it was started. */
  readonly startedAt: number;
  stats(): ProcessStats;
  /** Names of the tenants it has reconciled since it started, as far as it tells. */
  readonly reconciled: ReadonlySet<string>;
  /** Milliseconds (monotonic) at which it said that all tenants are verified, if it says so. */
  verifiedAt(): number | undefined;
  /** Throws when it has ended by itself. */
  check(): void;
  /** SIGTERM, and SIGKILL after ten seconds. */
  stop(): Promise<void>;
}

const here = import.meta.dirname;
const home = join(cacheDir(), 'bench');

/** Builds an operator into the cache, or finds it there. */
export async function prepare(name: ContenderName): Promise<Program> {
  await mkdir(home, { recursive: true });
  if (name === 'luna') return prepareLuna();
  const program = await (name.startsWith('kopf') ? prepareKopf() : prepareControllerRuntime());
  return name.endsWith('-watching') ? { ...program, env: { BENCH_WATCH: 'yes' } } : program;
}

/** Megabytes of heap that Node allows itself in the chart's container, which is limited to 512 MiB. */
const CONTAINER_HEAP_MB = 256;

async function prepareLuna(): Promise<Program> {
  const outfile = join(home, 'luna.mjs');
  await build({ ...bundleOptions, entryPoints: [join(here, 'luna.ts')], outfile });
  const dockerfile = await readFile(join(here, '../../../operator/Dockerfile'), 'utf8');
  const ofImage = nodeFlags(dockerfile);
  const further = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');
  const flags = [...ofImage, `--max-old-space-size=${CONTAINER_HEAP_MB}`, ...further];
  return { command: process.execPath, args: [...flags, outfile], env: imageEnv(dockerfile) };
}

/** What the image's entry point tells Node. */
export function nodeFlags(dockerfile: string): string[] {
  const words = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
  if (words[0] !== 'node') throw new Error('LUNA_BENCH_IMAGE: the operator’s image does not start node');
  return words.slice(1).filter((word) => word.startsWith('--'));
}

/** What the image sets in its environment, a variable a line. */
export function imageEnv(dockerfile: string): Record<string, string> {
  return Object.fromEntries(
    [...dockerfile.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

async function prepareControllerRuntime(): Promise<Program> {
  const command = join(home, 'controller-runtime');
  await run('go', ['build', '-trimpath', '-o', command, '.'], { cwd: join(here, 'go'), timeoutMs: 1_800_000 });
  return { command, args: [] };
}

async function prepareKopf(): Promise<Program> {
  const venv = join(home, 'kopf');
  const python = join(venv, 'bin/python');
  if (!existsSync(python)) await run('python3', ['-m', 'venv', venv], { timeoutMs: 300_000 });
  await run(python, ['-m', 'pip', 'install', '--quiet', '-r', join(here, 'kopf/requirements.txt')], {
    timeoutMs: 600_000,
  });
  return {
    command: python,
    args: ['-m', 'kopf', 'run', '--quiet', '--standalone', '--all-namespaces', join(here, 'kopf/operator.py')],
  };
}

/** Starts an operator. */
export function start(program: Program, env: Record<string, string>): Running {
  const startedAt = performance.now();
  const child = spawn(program.command, program.args, {
    env: { ...process.env, ...program.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const reconciled = new Set<string>();
  const words: string[] = [];
  let verifiedAt: number | undefined;
  const hear = (line: string): void => {
    if (line === 'verified') verifiedAt = performance.now();
    else if (line.startsWith('reconciled ')) reconciled.add(line.slice('reconciled '.length));
    else if (words.push(line) > 20) words.shift();
  };
  createInterface({ input: child.stdout }).on('line', hear);
  createInterface({ input: child.stderr }).on('line', hear);
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const { pid = 0 } = child;
  return {
    startedAt,
    pid,
    reconciled,
    stats: () => processStats(pid),
    verifiedAt: () => verifiedAt,
    check: () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`LUNA_BENCH_CONTENDER: ${program.command} ended: ${words.join('\n')}`);
    },
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(timer);
      process.removeListener('exit', killWithUs);
    },
  };
}
