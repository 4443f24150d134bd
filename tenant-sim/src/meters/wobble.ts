import { exp } from '../math/elementary.ts';
import { layeredNoise } from '../random/noise.ts';
import type { RandomStream } from '../random/stream.ts';
import { HOUR, QUARTER, type Quarterly } from '../time/quarterly.ts';

/** A factor around 1 that wanders over hours and quarter-hours; `width` is the standard deviation of its logarithm. */
export function wobble(stream: RandomStream, width: number): Quarterly {
  const noise = layeredNoise(stream, [
    { periodMs: 3 * HOUR, weight: 1 },
    { periodMs: QUARTER, weight: 0.7 },
  ]);
  const middle = (width * width) / 2;
  return (quarter) => exp(width * noise(quarter * QUARTER) - middle);
}
