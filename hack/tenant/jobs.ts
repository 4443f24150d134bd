import type { Kubectl } from './kubectl.ts';
import type { Context } from './session.ts';
import { duration } from './table.ts';

interface JobCondition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

/** A Job as far as these commands read and copy it. */
export interface JobObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
  };
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly template: {
      readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: unknown;
    };
  };
  readonly status?: { readonly conditions?: readonly JobCondition[] };
}

/** How a Job ended. */
export interface JobEnd {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

/** Whether and how a Job has ended. */
export function endOf(job: JobObject): JobEnd | undefined {
  const found = job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  return found && { name: job.metadata.name, ok: found.type === 'Complete', message: found.message ?? found.type };
}

/** A name for something made by hand now, unlike any other: `prefix-hand-<seconds in base 36>`. */
export function handMadeName(prefix: string, wallClockMs: number): string {
  return `${prefix}-hand-${Math.floor(wallClockMs / 1_000).toString(36)}`;
}

/** Waits until a Job has ended, printing every ten seconds that it still runs. A Job that does not end in time has failed. */
export async function waitForJob(
  context: Context,
  { namespace, name, timeoutMs }: { namespace: string; name: string; timeoutMs: number },
): Promise<JobEnd> {
  const started = context.now();
  let told = started;
  for (;;) {
    const job = (await context.kubectl.json(['-n', namespace, 'get', 'job', name])) as JobObject;
    const end = endOf(job);
    if (end !== undefined) return end;
    const passed = context.now() - started;
    if (passed > timeoutMs) return { name, ok: false, message: `not finished after ${duration(timeoutMs / 1_000)}` };
    if (context.now() - told >= 10_000) {
      told = context.now();
      context.print(`${name}: running for ${duration(passed / 1_000)}`);
    }
    await context.sleep(1_000);
  }
}

const noise = new Set(['level', 'time', 'name', 'msg', 'err', 'pid', 'hostname']);

/** A JSON log line as a person reads it: its message, then its plain fields. Any other line stays as it is. */
export function readableLine(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const fields = Object.entries(entry)
      .filter(([key, value]) => !noise.has(key) && value !== null && typeof value !== 'object')
      .map(([key, value]) => `${key}=${String(value)}`);
    const message = typeof entry['msg'] === 'string' ? entry['msg'] : line;
    return fields.length === 0 ? message : `${message} (${fields.join(', ')})`;
  } catch {
    return line;
  }
}

/** The last lines that a Job's pods wrote, or nothing where they cannot be read. */
export async function lastWords(kubectl: Kubectl, namespace: string, job: string, lines: number): Promise<string> {
  const text = await kubectl.run(['-n', namespace, 'logs', `job/${job}`, `--tail=${lines}`]).catch(() => '');
  return text.trimEnd().split('\n').map(readableLine).join('\n');
}
