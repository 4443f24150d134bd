import { exp } from '../math/elementary.ts';
import { noiseFill } from '../random/noise.ts';
import type { RandomStream } from '../random/stream.ts';
import { HOUR, QUARTER, type QuarterlyFill } from '../time/quarterly.ts';

/** A factor around 1 that wanders over hours and quarter-hours; `width` is the standard deviation of its logarithm. */
export function wobble(stream: RandomStream, width: number): QuarterlyFill {
  const noise = noiseFill(stream, [
    { periodMs: 3 * HOUR, weight: 1 },
    { periodMs: QUARTER, weight: 0.7 },
  ]);
  const middle = (width * width) / 2;
  return (out, first, count) => {
    noise(out, { fromMs: first * QUARTER, stepMs: QUARTER, count });
    for (let index = 0; index < count; index += 1) out[index] = exp(width * (out[index] ?? 0) - middle);
  };
}
