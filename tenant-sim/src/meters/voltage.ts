import { layeredNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';

const MINUTE = 60_000;
const NOMINAL = 231.5;
/** EN 50160: 230 V ± 10 %. */
const LIMITS = [207, 253] as const;

/** Voltage at the meter, V: the grid's own slow wander, lower under load, higher when feeding in. `netKw` is import minus feed-in. */
export function createVoltage(seed: string, meterId: string): (tsMs: number, netKw: number) => number {
  const traits = createStream(seed, 'meter', meterId, 'line');
  const dropPerKw = 0.6 + 0.6 * traits.uniform(0);
  const offset = 0.6 * traits.normal(1);
  const wander = layeredNoise(createStream(seed, 'meter', meterId, 'voltage'), [
    { periodMs: 180 * MINUTE, weight: 1 },
    { periodMs: 20 * MINUTE, weight: 0.6 },
    { periodMs: 30_000, weight: 0.3 },
  ]);
  return (tsMs, netKw) =>
    Math.min(LIMITS[1], Math.max(LIMITS[0], NOMINAL + offset + 1.7 * wander(tsMs) - dropPerKw * netKw));
}
