import { layeredNoise, smoothNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { HOUR, MINUTE } from '../time/quarterly.ts';

const NOMINAL = 231.5;
/** EN 50160: 230 V ± 10 %. */
const LIMITS = [207, 253] as const;
const FLICKER_MS = 15_000;

/** Mean voltage over an interval around `middleMs`, V: the grid's own slow wander, lower under load, higher when feeding in. `netKw` is import minus feed-in. */
export function createVoltage(
  seed: string,
  meterId: string,
  intervalMs: number,
): (middleMs: number, netKw: number) => number {
  const traits = createStream(seed, 'meter', meterId, 'line');
  const dropPerKw = 0.7 + 0.5 * traits.uniform(0);
  const offset = 0.6 * traits.normal(1);
  const wander = layeredNoise(createStream(seed, 'meter', meterId, 'voltage'), [
    { periodMs: 3 * HOUR, weight: 1 },
    { periodMs: 20 * MINUTE, weight: 0.6 },
  ]);
  // Over a minute and more the flicker averages out.
  const flicker =
    intervalMs < MINUTE ? smoothNoise(createStream(seed, 'meter', meterId, 'flicker'), FLICKER_MS) : (): number => 0;
  return (middleMs, netKw) => {
    const volts = NOMINAL + offset + 1.7 * wander(middleMs) + 0.4 * flicker(middleMs) - dropPerKw * netKw;
    return Math.min(LIMITS[1], Math.max(LIMITS[0], volts));
  };
}
