import { execFileSync } from 'node:child_process';

/** How `kubectl` failed: its own words, which the tests of refusals look at. */
export class KubectlError extends Error {
  readonly stderr: string;
  constructor(args: readonly string[], stderr: string, cause: unknown) {
    super(`kubectl ${args.join(' ')}: ${stderr.trim()}`, { cause });
    this.stderr = stderr;
  }
}

/** Runs kubectl against the cluster of the tier and returns its standard output. Throws {@link KubectlError}. */
export function kubectl(args: readonly string[], options: { input?: string; timeoutMs?: number } = {}): string {
  try {
    return execFileSync('kubectl', args, {
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 60_000,
      maxBuffer: 64 << 20,
      ...(options.input === undefined ? {} : { input: options.input }),
    });
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr ?? String(error);
    throw new KubectlError(args, stderr, error);
  }
}

/** An API object as kubectl prints it. */
export interface Live {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly deletionTimestamp?: string;
  };
  // The tests read many kinds; what each needs is asserted where it is read.
  readonly [field: string]: unknown;
}

/** One object, or undefined where there is none. */
export function get<T = Live>(kind: string, name: string, namespace?: string): T | undefined {
  const scope = namespace === undefined ? [] : ['-n', namespace];
  const text = kubectl(['get', kind, name, ...scope, '--ignore-not-found', '-o', 'json']);
  return text.trim() === '' ? undefined : (JSON.parse(text) as T);
}

/** All objects of a kind in a namespace. */
export function list<T = Live>(kind: string, namespace: string, selector?: string): T[] {
  const labels = selector === undefined ? [] : ['-l', selector];
  return (JSON.parse(kubectl(['get', kind, '-n', namespace, ...labels, '-o', 'json'])) as { items: T[] }).items;
}

/** Asks until `condition` gives something, at most `timeoutMs`; then fails with the last thing it was told. */
export async function eventually<T>(
  what: string,
  timeoutMs: number,
  condition: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last = 'it never answered';
  while (Date.now() < deadline) {
    try {
      const found = await condition();
      if (found !== undefined) return found;
      last = 'not yet';
    } catch (error) {
      last = String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${what} did not happen within ${String(timeoutMs / 1000)} s: ${last}`);
}
