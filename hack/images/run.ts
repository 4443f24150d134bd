import { spawn } from 'node:child_process';
import { ToolError } from './errors.ts';

export type RunOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Milliseconds until the command is killed; 20 minutes when absent. */
  readonly timeoutMs?: number;
};

const keepBytes = 64 * 1024 * 1024;
const shownLines = 25;

/** Runs a command to its end and yields its standard output; rejects with the last lines of its output when it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 20 * 60_000,
    killSignal: 'SIGKILL',
  });
  const out: Buffer[] = [];
  let size = 0;
  let tail = '';
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= keepBytes) out.push(chunk);
    tail = (tail + chunk.toString('utf8')).slice(-8000);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-8000);
  });
  child.stdin.on('error', () => undefined); // a command that does not read its input is no error
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | string>((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new ToolError('LUNA_TOOL_MISSING', `cannot run ${command}: ${cause.message}`, cause)),
    );
    child.on('close', (status, signal) => resolve(status ?? signal ?? 'unknown'));
  });
  if (code !== 0) {
    const last = tail.trimEnd().split('\n').slice(-shownLines).join('\n');
    throw new ToolError(
      'LUNA_COMMAND_FAILED',
      `${command} ${args.slice(0, 4).join(' ')} … ended with ${code}:\n${last}`,
    );
  }
  return Buffer.concat(out).toString('utf8');
}

/** Whether a command runs and ends with 0. */
export async function succeeds(command: string, args: readonly string[], options: RunOptions = {}): Promise<boolean> {
  return run(command, args, options).then(
    () => true,
    () => false,
  );
}
