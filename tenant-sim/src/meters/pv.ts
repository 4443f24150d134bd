import { cos, sin } from '../math/elementary.ts';
import { smoothNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { MINUTE } from '../time/quarterly.ts';
import { addQuarterly, type Grid } from './grid.ts';
import type { World } from './world.ts';

/** Share of the panel's nominal output that is left after heat, inverter and dirt. */
const PERFORMANCE = 0.8;
const DIFFUSE_CLEAR = 0.2;
/** Low sun would make the ratio of roof to ground huge. */
const MAX_TILT_GAIN = 3;
const RAD = Math.PI / 180;
const PASSING_MS = 4 * MINUTE;

/** Power of a roof in kW over each step of a grid. */
export type PvPower = (out: Float64Array, grid: Grid) => void;

/** A roof that looks roughly south: clear sky, the region's clouds, and this roof's own passing ones. */
export function createPv(world: World, meterId: string, kwp: number): PvPower {
  const { weather } = world;
  const traits = createStream(world.seed, 'meter', meterId, 'roof');
  const azimuth = 28 * RAD * Math.max(-2, Math.min(2, traits.normal(0)));
  const tilt = (28 + 14 * traits.uniform(1)) * RAD;
  // The roof's normal: south by cos, west by sin of the azimuth.
  const [east, north, up] = [-sin(tilt) * sin(azimuth), -sin(tilt) * cos(azimuth), cos(tilt)];
  const passing = smoothNoise(createStream(world.seed, 'meter', meterId, 'clouds'), PASSING_MS);
  const onRoof = (quarter: number): number => {
    const ground = weather.clearSky(quarter);
    if (ground === 0) return 0;
    const sunUp = weather.sunUp(quarter);
    const incidence = east * weather.sunEast(quarter) + north * weather.sunNorth(quarter) + up * sunUp;
    const gain = Math.min(MAX_TILT_GAIN, Math.max(0, incidence / sunUp));
    const clearness = weather.clearness(quarter);
    const diffuse = Math.min(1, DIFFUSE_CLEAR + 0.8 * (1 - clearness));
    return kwp * PERFORMANCE * ground * clearness * (diffuse + (1 - diffuse) * gain);
  };
  return (out, grid) => {
    out.fill(0, 0, grid.count);
    addQuarterly(out, grid, onRoof);
    for (let index = 0; index < grid.count; index += 1) {
      const power = out[index] ?? 0;
      if (power <= 0) continue;
      const middle = grid.fromMs + (index + 0.5) * grid.stepMs;
      // Passing clouds matter when the sky is half clear, not when it is blue or grey all over.
      const clearness = weather.clearness(Math.floor(middle / 900_000));
      const broken = 4 * clearness * (1 - clearness);
      out[index] = Math.min(kwp, power * Math.max(0.1, 1 + 0.35 * broken * passing(middle)));
    }
  };
}
