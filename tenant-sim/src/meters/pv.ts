import { cos, sin } from '../math/elementary.ts';
import { createScratch } from '../math/scratch.ts';
import { noiseFill } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { MINUTE, QUARTER, type QuarterlyFill } from '../time/quarterly.ts';
import { addQuarterly, type Grid } from './grid.ts';
import type { World } from './world.ts';

/** Share of the panel's nominal output that is left after heat, inverter and dirt. */
const PERFORMANCE = 0.83;
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
  const passing = noiseFill(createStream(world.seed, 'meter', meterId, 'clouds'), [
    { periodMs: PASSING_MS, weight: 1 },
  ]);
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
  const byQuarter: QuarterlyFill = (out, first, count) => {
    for (let index = 0; index < count; index += 1) out[index] = onRoof(first + index);
  };
  return (out, grid) => {
    out.fill(0, 0, grid.count);
    addQuarterly(out, grid, byQuarter);
    for (let dawn = nextLight(out, 0, grid.count); dawn < grid.count;) {
      const dusk = nextDark(out, dawn, grid.count);
      const middles = { fromMs: grid.fromMs + (dawn + 0.5) * grid.stepMs, stepMs: grid.stepMs, count: dusk - dawn };
      const clouds = passingBy(middles.count);
      passing(clouds, middles);
      for (let index = dawn; index < dusk; index += 1) {
        // Passing clouds matter when the sky is half clear, not when it is blue or grey all over.
        const clearness = weather.clearness(Math.floor((grid.fromMs + (index + 0.5) * grid.stepMs) / QUARTER));
        const broken = 4 * clearness * (1 - clearness);
        const factor = Math.max(0.1, 1 + 0.35 * broken * (clouds[index - dawn] ?? 0));
        out[index] = Math.min(kwp, (out[index] ?? 0) * factor);
      }
      dawn = nextLight(out, dusk, grid.count);
    }
  };
}

const passingBy = createScratch();

/** The first step from `from` on with power, and the first without; `count` where there is none. */
function nextLight(out: Float64Array, from: number, count: number): number {
  let index = from;
  while (index < count && (out[index] ?? 0) <= 0) index += 1;
  return index;
}

function nextDark(out: Float64Array, from: number, count: number): number {
  let index = from;
  while (index < count && (out[index] ?? 0) > 0) index += 1;
  return index;
}
