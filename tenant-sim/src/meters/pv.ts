import { smoothNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { clearSky, sunAt, type Place } from '../weather/sun.ts';
import type { Weather } from '../weather/weather.ts';

export interface PvOptions {
  readonly seed: string;
  readonly meterId: string;
  readonly kwp: number;
  readonly place: Place;
  readonly weather: Weather;
}

/** Share of the panel's nominal output that is left after heat, inverter and dirt. */
const PERFORMANCE = 0.82;
const DIFFUSE_CLEAR = 0.2;
/** Low sun would make the ratio of roof to ground huge. */
const MAX_TILT_GAIN = 3;

/** Power of a south roof in kW at an instant: clear sky, the region's clouds, and this roof's own passing ones. */
export function createPv({ seed, meterId, kwp, place, weather }: PvOptions): (tsMs: number) => number {
  const passing = smoothNoise(createStream(seed, 'meter', meterId, 'clouds'), 4 * 60_000);
  return (tsMs) => {
    const sun = sunAt(tsMs, place);
    const ground = clearSky(sun.sinElevation);
    if (ground === 0) return 0;
    const clearness = weather.clearness(tsMs);
    // Passing clouds matter when the sky is half clear, not when it is blue or grey all over.
    const broken = 4 * clearness * (1 - clearness);
    const local = Math.min(1, Math.max(0.08, clearness * (1 + 0.35 * broken * passing(tsMs))));
    const diffuse = Math.min(1, DIFFUSE_CLEAR + 0.8 * (1 - local));
    const tiltGain = Math.min(MAX_TILT_GAIN, Math.max(0, sun.cosIncidence / sun.sinElevation));
    const onRoof = ground * local * (diffuse + (1 - diffuse) * tiltGain);
    return kwp * PERFORMANCE * onRoof;
  };
}
