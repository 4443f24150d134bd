import { layeredNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { sawTooth, type PriceCurve, type PriceOptions } from './day-ahead.ts';

const MINUTE = 60_000;
const LIMITS = [-9999, 9999] as const;
/** Standard deviation of the calm part, EUR/MWh. */
const CALM = 17;
/** How much the tails are stretched. */
const TAILS = 0.6;

/** Intraday: the day-ahead price plus what forecasts missed, with heavy tails, and the full saw-tooth of the ramps. */
export function createIntraday(options: PriceOptions, dayAhead: PriceCurve): PriceCurve {
  const miss = layeredNoise(createStream(options.seed, 'market', options.market, 'intraday'), [
    { periodMs: 240 * MINUTE, weight: 1 },
    { periodMs: 40 * MINUTE, weight: 0.8 },
  ]);
  return (tsMs) => {
    const local = options.zone.local(tsMs);
    // sinh leaves the middle of the normal as it is and stretches its tails.
    const price = dayAhead(tsMs) + (CALM / TAILS) * Math.sinh(TAILS * miss(tsMs)) + sawTooth(local.hour, 0.6);
    return Math.round(Math.min(LIMITS[1], Math.max(LIMITS[0], price)) * 100) / 100;
  };
}
