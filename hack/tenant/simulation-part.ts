import { ageOf, lastWritesText, type LastWrites } from './last-writes.ts';
import type { Part } from './summary.ts';

/** `/sim/status`, as far as `testping` reads it. */
export interface SimStatus {
  readonly state: string;
  readonly lastWrites: LastWrites;
  readonly lastRuns: readonly { readonly kind: string; readonly error: string | null }[];
  readonly reason?: string;
}

/** What the simulator should be doing: nothing where there is no cluster to run it, or where the tenant has switched it off. */
export type Expectation = 'writes' | 'switched off' | 'no cluster';

/** Meters write with every run of a schedule of minutes, so a running simulation that has been silent for so long has stalled. */
const stalledSeconds = 1_800;

function trouble(status: SimStatus, nowMs: number): string | undefined {
  const failed = status.lastRuns.find((run) => run.error !== null && run.error !== '');
  if (failed !== undefined) return `last ${failed.kind} run failed: ${failed.error ?? ''}`;
  if (status.state === 'unknown') return status.reason ?? 'the CronJobs cannot be seen';
  const age = ageOf(status.lastWrites.meter, nowMs);
  if (status.state === 'running' && age !== undefined && age > stalledSeconds)
    return `runs, but ${lastWritesText(status.lastWrites, nowMs)}`;
  return undefined;
}

/** The simulation's line. A simulation that was stopped on purpose is well. */
export function simulationPart(status: SimStatus, expected: Expectation, nowMs: number): Part {
  const part = { part: 'simulation', latencyMs: undefined };
  if (expected !== 'writes') return { ...part, ok: true, note: expected };
  const wrong = trouble(status, nowMs);
  if (wrong !== undefined) return { ...part, ok: false, note: wrong };
  return { ...part, ok: true, note: `${status.state}; ${lastWritesText(status.lastWrites, nowMs)}` };
}
