import { spawn } from 'node:child_process';
import { ToolError } from './errors.ts';

/** How a command is run: what it is fed, where, for how long at most. */
export interface RunOptions {
  readonly input?: string;
  /** Milliseconds until the command is killed. */
  readonly timeoutMs?: number;
  /** Added to our own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** What a command left behind. `code` is null when it was killed by a signal or never started. */
export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ways to run a command to its end. */
export interface Commands {
  /** Never throws: for questions whose answer may be "no". */
  readonly attempt: (command: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>;
  /** Gives the standard output. Throws `LUNA_TOOL_MISSING`, and `LUNA_COMMAND_FAILED` with the end of what the command said. */
  readonly run: (command: string, args: readonly string[], options?: RunOptions) => Promise<string>;
  /** Whether it runs and ends with 0. */
  readonly succeeds: (command: string, args: readonly string[], options?: RunOptions) => Promise<boolean>;
}

interface Ended extends RunResult {
  /** How it ended, as the end of a sentence. */
  readonly how: string;
  /** The end of what it said, both streams as they came. */
  readonly said: string;
  /** Why it never started. */
  readonly failure?: Error;
}

const keepCharacters = 64 * 1024 * 1024;
const shownLines = 25;

const end = (command: string, args: readonly string[], options: RunOptions & { timeoutMs: number }): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      cwd: options.cwd,
    });
    const kept = { stdout: '', stderr: '', said: '' };
    const keep = (stream: 'stdout' | 'stderr', text: string): void => {
      if (kept[stream].length < keepCharacters) kept[stream] += text;
      kept.said = (kept.said + text).slice(-8000);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => keep('stdout', text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => keep('stderr', text));
    let late = false;
    // Not spawn's own timeout: its timer outlives a program that could not be started, and keeps us waiting for it.
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, options.timeoutMs);
    child.on('error', (failure) => {
      clearTimeout(timer);
      resolve({ ...kept, code: null, stderr: failure.message, how: 'did not start', failure });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const how = late ? `did not finish within ${options.timeoutMs / 1000} s` : `ended with ${code ?? signal}`;
      resolve({ ...kept, code, how });
    });
    child.stdin.on('error', () => undefined); // a command that does not read its input is no error
    child.stdin.end(options.input ?? '');
  });

/** Commands that are killed after `limitMs` unless a call says otherwise. */
export const commandsWithin = (limitMs: number): Commands => {
  const ended = (command: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
    end(command, args, { timeoutMs: limitMs, ...options });
  return {
    attempt: ended,
    run: async (command, args, options) => {
      const { code, stdout, how, said, failure } = await ended(command, args, options);
      if (code === 0) return stdout;
      if (failure) throw new ToolError('LUNA_TOOL_MISSING', `cannot run ${command}: ${failure.message}`, failure);
      const shown = `${command} ${args.slice(0, 4).join(' ')}${args.length > 4 ? ' …' : ''}`;
      const last = said.trimEnd().split('\n').slice(-shownLines).join('\n');
      throw new ToolError('LUNA_COMMAND_FAILED', `${shown} ${how}${last ? `:\n${last}` : ''}`);
    },
    succeeds: async (command, args, options) => (await ended(command, args, options)).code === 0,
  };
};

/** For what a working machine does in seconds: two minutes. */
export const { attempt, run, succeeds } = commandsWithin(120_000);

/** For builds, installations and downloads: twenty minutes. */
export const patient = commandsWithin(20 * 60_000);
