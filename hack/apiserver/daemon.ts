import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A server process of ours. */
export interface Daemon {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly exited: boolean;
  /** Ends it and waits until it is gone: SIGTERM, and SIGKILL after ten seconds; or SIGKILL at once. */
  stop(how?: 'gently' | 'at-once'): Promise<void>;
  /** The end of what it wrote, for error messages. */
  log(): string;
}

/** Starts a program; its output goes to `<dir>/<name>.log`, its process id to `<dir>/<name>.pid` for whoever cleans up after us. */
export function startDaemon(program: string, args: readonly string[], dir: string): Daemon {
  const name = basename(program);
  const logFile = join(dir, `${name}.log`);
  const pidFile = join(dir, `${name}.pid`);
  const output = openSync(logFile, 'a');
  const child = spawn(program, args, { stdio: ['ignore', output, output] });
  closeSync(output);
  let failure: string | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      failure = error.message;
      resolve();
    });
  });
  if (child.pid !== undefined) writeFileSync(pidFile, String(child.pid));
  const killChildWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killChildWithUs);

  return {
    pid: child.pid,
    get exited() {
      return failure !== undefined || child.exitCode !== null || child.signalCode !== null;
    },
    async stop(how = 'gently') {
      await end(child, gone, how);
      process.removeListener('exit', killChildWithUs);
      rmSync(pidFile, { force: true });
    },
    log: () => failure ?? readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n'),
  };
}

async function end(child: ChildProcess, gone: Promise<void>, how: 'gently' | 'at-once'): Promise<void> {
  child.kill(how === 'gently' ? 'SIGTERM' : 'SIGKILL');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}
