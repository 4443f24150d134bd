import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ToolError } from './errors.ts';

/**
 * Runs `work` while holding an exclusive lock on `file`, waiting for whoever holds it. A child `flock` holds the lock for as long as
 * our end of its pipe is open, so a killed process never leaves it locked.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const holder = spawn('flock', ['--exclusive', file, 'sh', '-c', 'echo locked; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(holder, 'close');
  const locked = await Promise.race([once(holder.stdout, 'data').then(() => true), closed.then(() => false)]);
  if (!locked) throw new ToolError('LUNA_LOCK', `cannot lock ${file}`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await closed;
  }
}
