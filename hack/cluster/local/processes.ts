import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { ToolError } from '../../lib/errors.ts';
import { waitFor } from '../../lib/wait.ts';
import type { Part } from './parts.ts';
import { paths } from './settings.ts';

/** Which process it is, for good: process ids are used again, an id with its start time and the machine's is not. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
}

interface PidFile extends ProcessIdentity {
  readonly fingerprint: string;
}

/** The start time (in clock ticks since boot) out of `/proc/<pid>/stat`, or nothing for a process that has ended. */
export const startTimeIn = (stat: string): string | undefined => {
  // The second field is the program's name in parentheses, and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
};

/** Identifies a running process; nothing when there is none. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  try {
    const startTime = startTimeIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return startTime === undefined ? undefined : { pid, startTime, bootId };
  } catch {
    return undefined;
  }
};

/** Whether exactly this process still runs. */
export const isAlive = (identity: ProcessIdentity): boolean => {
  const now = identify(identity.pid);
  return now?.startTime === identity.startTime && now.bootId === identity.bootId;
};

const pidFile = (name: string): string => join(paths.pids, `${name}.json`);

const recorded = (name: string): PidFile | undefined => {
  try {
    return JSON.parse(readFileSync(pidFile(name), 'utf8')) as PidFile;
  } catch {
    return undefined;
  }
};

/** A short name for how a part is started: its command line and its configuration files. When it changes, the part is restarted. */
const fingerprint = (part: Part): string => {
  const hash = createHash('sha256').update(part.argv.join('\0'));
  for (const file of part.files) hash.update(existsSync(file) ? readFileSync(file) : '');
  return hash.digest('hex');
};

/** Whether the part runs, and was started the way it would be started now. */
export const isRunning = (part: Part): boolean => {
  const found = recorded(part.name);
  return found !== undefined && isAlive(found) && found.fingerprint === fingerprint(part);
};

/** Ends a part, politely first. Quiet when it does not run. */
export const stop = async (name: string, politeMs = 10_000): Promise<void> => {
  const found = recorded(name);
  if (found && isAlive(found)) {
    process.kill(found.pid, 'SIGTERM');
    const ended = async (): Promise<boolean> => !isAlive(found);
    await waitFor(`the end of ${name}`, ended, politeMs).catch(
      () => isAlive(found) && process.kill(found.pid, 'SIGKILL'),
    );
    await waitFor(`the end of ${name}`, ended, 10_000);
  }
  rmSync(pidFile(name), { force: true });
};

const keepLogSmall = (log: string): void => {
  if (existsSync(log) && statSync(log).size > 20e6) renameSync(log, `${log}.1`);
};

// The shell joins the control groups before it becomes the program, so no child of it can be outside.
const joinGroups =
  'for group in $GROUPS_TO_JOIN; do echo $$ > "$group/cgroup.procs"; done; unset GROUPS_TO_JOIN; exec "$@"';

/** Starts a part detached from us, in the cluster's control groups, its output in its log. A part that runs already is left alone. */
export const start = async (part: Part, controlGroups: readonly string[]): Promise<boolean> => {
  if (isRunning(part)) return false;
  await stop(part.name);
  mkdirSync(paths.pids, { recursive: true });
  mkdirSync(paths.logs, { recursive: true });
  const log = join(paths.logs, `${part.name}.log`);
  keepLogSmall(log);
  const output = openSync(log, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', joinGroups, 'sh', ...part.argv], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', output, output],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      LANG: 'C.UTF-8',
      GROUPS_TO_JOIN: controlGroups.join(' '),
    },
  });
  closeSync(output);
  child.on('error', () => undefined);
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (!identity) throw new ToolError('LUNA_PART_FAILED', `${part.name} did not start; its log is ${log}`);
  writeFileSync(pidFile(part.name), JSON.stringify({ ...identity, fingerprint: fingerprint(part) } satisfies PidFile));
  return true;
};

/** Throws `LUNA_PART_FAILED` with the end of its log when a part that should run does not. */
export const assertRunning = (part: Part): void => {
  if (isRunning(part)) return;
  const log = join(paths.logs, `${part.name}.log`);
  const end = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n') : '';
  throw new ToolError('LUNA_PART_FAILED', `${part.name} ended; the end of ${log}:\n${end}`);
};
