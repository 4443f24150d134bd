import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ToolError } from './errors.ts';
import { timedOut } from './wait.ts';

const exitCodes = { timeout: 75, removed: 76 } as const;

// Whoever has the lock removes the file before letting go. One who waited for it then holds a file that nobody else can find, and
// asks again.
const hold = `
exec 9>>"$1"
flock --exclusive --timeout "$2" --conflict-exit-code ${exitCodes.timeout} 9 || exit
test "$1" -ef /dev/fd/9 || exit ${exitCodes.removed}
echo locked
cat >/dev/null
rm -f "$1"`;

/** Takes the lock, and gives what releases it; or the exit code with which it was not had. */
async function take(file: string, limitMs: number): Promise<(() => Promise<void>) | number | null> {
  const holder = spawn('sh', ['-c', hold, 'sh', file, (limitMs / 1000).toFixed(3)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A group of its own: Ctrl-C in a terminal must not release the lock before we have ended.
    detached: true,
  });
  holder.stdin.on('error', () => undefined); // it was killed, and holds nothing any more
  const closed = once(holder, 'close') as Promise<[number | null]>;
  const locked = await Promise.race([once(holder.stdout, 'data').then(() => true), closed.then(() => false)]);
  if (!locked) return (await closed)[0];
  return async () => {
    holder.stdin.end();
    await closed;
  };
}

/**
 * Runs `work` while no other process does so under the same lock file, waiting for whoever holds it. A child `flock` holds the lock
 * for as long as our end of its pipe is open, so a killed process never leaves it locked. Throws `LUNA_TIMEOUT` when it was not free
 * within `limitMs` milliseconds (half an hour), and `LUNA_LOCK` where there can be no lock.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, limitMs = 30 * 60_000): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const end = performance.now() + limitMs;
  let got = await take(file, limitMs);
  while (got === exitCodes.removed && performance.now() < end) got = await take(file, end - performance.now());
  if (got === exitCodes.removed || got === exitCodes.timeout)
    throw timedOut(`the end of another run that holds ${file}`, limitMs);
  if (typeof got !== 'function')
    throw new ToolError('LUNA_LOCK', `cannot lock ${file}: it needs flock (util-linux) and a folder to write to`);
  try {
    return await work();
  } finally {
    await got();
  }
}
