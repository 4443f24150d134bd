import { spawn } from 'node:child_process';
import { CliError } from './errors.ts';
import { explainFailure, explainStart } from './kubectl.ts';

/** What is forwarded, and how long to wait until it listens. */
export interface ForwardTarget {
  readonly program: string;
  readonly namespace: string;
  /** `svc/name` or `pod/name`. */
  readonly resource: string;
  readonly port: number;
  readonly timeoutMs?: number;
}

/** An open forward. `close` ends kubectl and resolves when it is gone. */
export interface Forward {
  /** Port on 127.0.0.1 that the kernel chose. */
  readonly localPort: number;
  readonly close: () => Promise<void>;
}

/** The local port in what `kubectl port-forward` prints once it listens. */
export function listeningPort(output: string): number | undefined {
  const match = /Forwarding from 127\.0\.0\.1:(\d+) ->/.exec(output);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/**
 * Runs `kubectl port-forward` to a free port of the loopback interface until `close`. The child is ended with this process too,
 * whichever way that ends short of SIGKILL.
 */
export async function openForward(target: ForwardTarget): Promise<Forward> {
  const { program, namespace, resource, port, timeoutMs = 20_000 } = target;
  const args = ['-n', namespace, 'port-forward', '--address', '127.0.0.1', resource, `:${port}`];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = (): void => void child.kill('SIGTERM');
  process.once('exit', kill);

  const close = async (): Promise<void> => {
    process.off('exit', kill);
    const force = setTimeout(() => child.kill('SIGKILL'), 2_000);
    if (child.exitCode === null && child.signalCode === null) kill();
    await ended;
    clearTimeout(force);
  };

  const listening = new Promise<number>((resolve, reject) => {
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const found = listeningPort(stdout);
      if (found !== undefined) resolve(found);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', (error) => reject(explainStart(program, error)));
    child.once('close', () => reject(explainFailure(stderr, ['port-forward', resource])));
    setTimeout(
      () =>
        reject(
          new CliError('LUNA_FORWARD_TIMEOUT', `kubectl did not open a way to ${resource} in ${timeoutMs / 1000} s`),
        ),
      timeoutMs,
    ).unref();
  });
  try {
    return { localPort: await listening, close };
  } catch (error) {
    if (child.pid !== undefined) await close();
    throw error;
  }
}
