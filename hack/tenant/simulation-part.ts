import { inline, type Part } from './summary.ts';

/** `/sim/status` as far as `testping` reads it. */
export type SimStatus = unknown;

/** The simulation's line. */
export function simulationPart(status: SimStatus, _nowMs: number): Part {
  return { part: 'simulation', ok: true, latencyMs: undefined, note: inline(status) };
}
