import { DAY, HOUR } from '../time/quarterly.ts';
import type { Grid } from './grid.ts';

/** Energy that is left of what goes through, each way. */
const EFFICIENCY = 0.95;
/** Full power empties it in two hours. */
const HOURS_TO_EMPTY = 2;
/** Every day at this hour UTC its state of charge is set to a known one, from which the rest of the day follows. */
const ANCHOR_HOUR = 3;
const SHARE_AT_ANCHOR = 0.15;

export interface Battery {
  /**
   * Takes net power (load minus PV, kW; positive is import) and replaces it by what is left for the grid: surplus is stored, need is met.
   * `before` computes the same net power for any earlier grid: the state at a step follows from the steps since the last anchor.
   */
  apply(net: Float64Array, grid: Grid, before: (out: Float64Array, grid: Grid) => void): void;
}

/**
 * A home battery that keeps PV power for the evening. Its charge would make each row depend on all rows before, so it is anchored once a
 * night: what is in it then is taken as nearly empty, which it is on most nights. Rows stay a function of their place in time.
 */
export function createBattery(kwh: number): Battery {
  const maxKw = kwh / HOURS_TO_EMPTY;
  const scratch: { value: Float64Array } = { value: new Float64Array(0) };
  // Only what came directly before is remembered, for speed; it is what the walk from the anchor would give.
  let knownAt = Number.NaN;
  let knownStep = Number.NaN;
  let charge = 0;
  const step = (netKw: number, hours: number): number => {
    if (netKw < 0) {
      const taken = Math.min(-netKw, maxKw, (kwh - charge) / (hours * EFFICIENCY));
      charge += taken * hours * EFFICIENCY;
      return netKw + taken;
    }
    const given = Math.min(netKw, maxKw, (charge * EFFICIENCY) / hours);
    charge -= (given * hours) / EFFICIENCY;
    return netKw - given;
  };
  const walk = (net: Float64Array, { fromMs, stepMs, count }: Grid): void => {
    const hours = stepMs / HOUR;
    for (let index = 0; index < count; index += 1) {
      const tsMs = fromMs + index * stepMs;
      if (tsMs - anchorBefore(tsMs) < stepMs) charge = kwh * SHARE_AT_ANCHOR;
      net[index] = step(net[index] ?? 0, hours);
    }
    knownAt = fromMs + count * stepMs;
    knownStep = stepMs;
  };
  return {
    apply: (net, grid, before) => {
      if (grid.fromMs !== knownAt || grid.stepMs !== knownStep) {
        const first = Math.ceil(anchorBefore(grid.fromMs) / grid.stepMs) * grid.stepMs;
        const count = Math.max(0, Math.round((grid.fromMs - first) / grid.stepMs));
        if (scratch.value.length < count) scratch.value = new Float64Array(count);
        const warmUp = { fromMs: first, stepMs: grid.stepMs, count };
        before(scratch.value, warmUp);
        walk(scratch.value, warmUp);
      }
      walk(net, grid);
    },
  };
}

function anchorBefore(tsMs: number): number {
  return Math.floor((tsMs - ANCHOR_HOUR * HOUR) / DAY) * DAY + ANCHOR_HOUR * HOUR;
}
