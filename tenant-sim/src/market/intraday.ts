import { exp } from '../math/elementary.ts';
import type { World } from '../meters/world.ts';
import { layeredNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { MINUTE, QUARTER, type Quarterly } from '../time/quarterly.ts';
import { sawTooth } from './day-ahead.ts';

const LIMITS = [-9999, 9999] as const;
/** Standard deviation of the calm part, EUR/MWh. */
const CALM = 17;
/** How much the tails are stretched. */
const TAILS = 0.6;

/** Intraday: the day-ahead price plus what forecasts missed, with heavy tails, and the full saw-tooth of the ramps. */
export function createIntraday({ seed, zone }: World, market: string, dayAhead: Quarterly): Quarterly {
  const miss = layeredNoise(createStream(seed, 'market', market, 'intraday'), [
    { periodMs: 240 * MINUTE, weight: 1 },
    { periodMs: 40 * MINUTE, weight: 0.8 },
  ]);
  return (quarter) => {
    const tsMs = quarter * QUARTER;
    const stretched = TAILS * miss(tsMs);
    // The hyperbolic sine leaves the middle of the normal as it is and stretches its tails.
    const missed = ((CALM / TAILS) * (exp(stretched) - exp(-stretched))) / 2;
    const price = dayAhead(quarter) + missed + sawTooth(zone.local(tsMs).hour, 0.6);
    return Math.round(Math.min(LIMITS[1], Math.max(LIMITS[0], price)) * 100) / 100;
  };
}
