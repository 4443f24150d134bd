import { spawn } from 'node:child_process';

/** How a command is run: what it is fed, for how long at most, and whether a person sees its output as it comes. */
export interface RunOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** What a command left behind. `code` is null when it was killed by a signal or never started. */
export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end and never throws: for questions whose answer may be "no". */
export const attempt = (command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd ? { cwd: options.cwd } : {}),
    });
    // Not spawn's own timeout: its timer outlives a program that could not be started, and keeps us waiting for it.
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 120_000);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const end = (result: RunResult): void => {
      clearTimeout(timer);
      resolve(result);
    };
    child.on('error', (error) => end({ code: null, stdout, stderr: error.message }));
    child.on('close', (code) => end({ code, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });

/** Runs a command to its end and gives its standard output. Throws `LUNA_COMMAND_FAILED` with the end of what it said. */
export const run = async (command: string, args: readonly string[], options: RunOptions = {}): Promise<string> => {
  const result = await attempt(command, args, options);
  if (result.code === 0) return result.stdout;
  const said = (result.stderr || result.stdout).trim().split('\n').slice(-8).join('\n');
  const end = result.code === null ? 'did not finish' : `ended with ${result.code}`;
  throw new Error(`LUNA_COMMAND_FAILED: ${command} ${args.slice(0, 4).join(' ')} ${end}: ${said}`);
};

/** Tells a person what happens. Standard error, so that what a command prints for other programs stays clean. */
export const say = (message: string): void => {
  process.stderr.write(`${message}\n`);
};

/** Asks again and again until the answer is yes, and throws `LUNA_TIMEOUT` with the reason when it never was. */
export const waitFor = async (what: string, ask: () => Promise<boolean>, limitMs: number): Promise<void> => {
  const end = performance.now() + limitMs;
  for (let pauseMs = 100; !(await ask()); pauseMs = Math.min(pauseMs * 1.5, 1_000)) {
    if (performance.now() > end)
      throw new Error(`LUNA_TIMEOUT: ${what} did not happen within ${Math.round(limitMs / 1000)} s`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
};
