import { spawn } from 'node:child_process';
import { CliError } from './errors.ts';

/** How one kubectl call is made. */
export interface CallOptions {
  /** What goes to its standard input. */
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** The cluster as kubectl shows it. Every call has a timeout and fails with a sentence. */
export interface Kubectl {
  readonly program: string;
  /** Standard output of a call. */
  run(args: readonly string[], options?: CallOptions): Promise<string>;
  /** Standard output of a call with `-o json`, parsed. */
  json(args: readonly string[], options?: CallOptions): Promise<unknown>;
  /** A call whose output goes straight to the terminal; answers its exit code. It runs until it ends or is interrupted. */
  show(args: readonly string[]): Promise<number>;
}

const hints: readonly (readonly [pattern: RegExp, code: `LUNA_${string}`, sentence: string])[] = [
  [
    /connection refused|was refused|no such host|i\/o timeout|ServiceUnavailable|current-context.*not set|no configuration has been provided|Unable to connect/i,
    'LUNA_CLUSTER_UNREACHABLE',
    'No cluster answers kubectl: run `make up`, or point KUBECONFIG at one.',
  ],
  [
    /(?:doesn't have a resource type|could not find the requested resource|no matches for kind).*(?:lt|lunatenant)/i,
    'LUNA_NOT_INSTALLED',
    'This cluster has no Luna on it: run `make up`, or install the chart charts/luna-operator.',
  ],
  [
    /lunatenants\.luna-iems\.io "?([^"\s]+)"? not found/i,
    'LUNA_TENANT_NOT_FOUND',
    'There is no such tenant: `kubectl get lt` lists them, and TENANT=name chooses one.',
  ],
  [/forbidden/i, 'LUNA_FORBIDDEN', 'Your account may not do this in the cluster'],
];

/** The sentence for what kubectl wrote to standard error. */
export function explainFailure(stderr: string, args: readonly string[]): CliError {
  const text = stderr.replace(/^(?:E\d{4} .*|Warning: .*)$/gm, '').trim();
  const hint = hints.find(([pattern]) => pattern.test(stderr));
  if (hint?.[1] === 'LUNA_FORBIDDEN') return new CliError(hint[1], `${hint[2]}: ${text}`);
  if (hint !== undefined) return new CliError(hint[1], hint[2], new Error(text));
  const last = text.split('\n').at(-1) ?? '';
  return new CliError(
    'LUNA_KUBECTL_FAILED',
    `kubectl ${args.slice(0, 3).join(' ')} failed: ${last.replace(/^error: /i, '')}`,
  );
}

/** Why a program could not even be started. */
export function explainStart(program: string, error: Error): CliError {
  return new CliError(
    'LUNA_KUBECTL_MISSING',
    `${program} could not be started: install kubectl, or run \`make up\`, which brings one.`,
    error,
  );
}

/** kubectl from the PATH, or the program named; it honours KUBECONFIG by itself. */
export function createKubectl(program = 'kubectl'): Kubectl {
  const run = (args: readonly string[], { input, timeoutMs = 30_000 }: CallOptions = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        stdio: ['pipe', 'pipe', 'pipe'],
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.stdin.on('error', () => undefined).end(input ?? '');
      child.on('error', (error) => reject(explainStart(program, error)));
      child.on('close', (code, signal) => {
        if (code === 0) resolve(stdout);
        else if (signal !== null)
          reject(
            new CliError(
              'LUNA_KUBECTL_TIMEOUT',
              `kubectl ${args.slice(0, 3).join(' ')} gave no answer in ${timeoutMs / 1000} s`,
            ),
          );
        else reject(explainFailure(stderr, args));
      });
    });
  return {
    program,
    run,
    json: async (args, options) => JSON.parse(await run([...args, '-o', 'json'], options)) as unknown,
    show: (args) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
        child.on('error', (error) => reject(explainStart(program, error)));
        child.on('close', (code) => resolve(code ?? 130));
      }),
  };
}
