import { createScratch } from '../math/scratch.ts';
import { noiseFill } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { HOUR, MINUTE } from '../time/quarterly.ts';
import type { Grid } from './grid.ts';

const NOMINAL = 231.5;
/** EN 50160: 230 V ± 10 %. */
const LIMITS = [207, 253] as const;
const FLICKER_MS = 15_000;

/** The power of a meter over each step of a grid, W. */
export interface NetPower {
  readonly importW: Float64Array;
  readonly exportW: Float64Array;
}

/** Writes mean voltages over the steps of a grid, V. */
export type Voltage = (out: Float64Array, grid: Grid, power: NetPower) => void;

const flickers = createScratch();

/** The grid's own slow wander, lower under load, higher when feeding in. */
export function createVoltage(seed: string, meterId: string): Voltage {
  const traits = createStream(seed, 'meter', meterId, 'line');
  const dropPerKw = 0.7 + 0.5 * traits.uniform(0);
  const offset = 0.6 * traits.normal(1);
  const wander = noiseFill(createStream(seed, 'meter', meterId, 'voltage'), [
    { periodMs: 3 * HOUR, weight: 1 },
    { periodMs: 20 * MINUTE, weight: 0.6 },
  ]);
  const flicker = noiseFill(createStream(seed, 'meter', meterId, 'flicker'), [{ periodMs: FLICKER_MS, weight: 1 }]);
  return (out, { fromMs, stepMs, count }, { importW, exportW }) => {
    const middles = { fromMs: fromMs + stepMs / 2, stepMs, count };
    wander(out, middles);
    const fast = flickers(count);
    // Over a minute and more the flicker averages out.
    if (stepMs < MINUTE) flicker(fast, middles);
    else fast.fill(0, 0, count);
    for (let index = 0; index < count; index += 1) {
      const netKw = ((importW[index] ?? 0) - (exportW[index] ?? 0)) / 1000;
      const volts = NOMINAL + offset + 1.7 * (out[index] ?? 0) + 0.4 * (fast[index] ?? 0) - dropPerKw * netKw;
      out[index] = Math.min(LIMITS[1], Math.max(LIMITS[0], volts));
    }
  };
}
