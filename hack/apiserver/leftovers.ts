import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt } from '../lib/run.ts';

const prefix = 'luna-apiserver-';

/** A fresh directory that names us as its owner. Directories of owners that died are removed first, and the servers they left running ended. */
export async function freshDir(): Promise<string> {
  await sweep();
  const dir = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(dir, 'owner.pid'), String(process.pid));
  return dir;
}

async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const dir = join(tmpdir(), name);
    const owner = readPid(join(dir, 'owner.pid'));
    if (owner === undefined || isAlive(owner)) continue;
    for (const file of readdirSync(dir).filter((entry) => entry.endsWith('.pid')))
      await endIfOurs(readPid(join(dir, file)), dir);
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** A process id may belong to somebody else by now: only one whose command line names our directory is ended. */
async function endIfOurs(pid: number | undefined, dir: string): Promise<void> {
  if (pid === undefined || !isAlive(pid)) return;
  const { stdout } = await attempt('ps', ['-ww', '-p', String(pid), '-o', 'args=']);
  if (stdout.includes(`${dir}/`)) process.kill(pid, 'SIGKILL');
}

function readPid(file: string): number | undefined {
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : NaN;
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
