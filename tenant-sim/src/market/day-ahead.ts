import { layeredNoise } from '../random/noise.ts';
import { createPulseTrain } from '../random/pulses.ts';
import { createStream } from '../random/stream.ts';
import { dailyCurve } from '../time/daily-curve.ts';
import { dayType, type DayType } from '../time/holidays.ts';
import type { Zone } from '../time/zone.ts';
import { clearSky, sunAt, type Place } from '../weather/sun.ts';
import { summer, type Weather } from '../weather/weather.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface PriceOptions {
  readonly seed: string;
  readonly market: string;
  readonly levelEurMwh: number;
  readonly zone: Zone;
  readonly place: Place;
  readonly weather: Weather;
}

/** EUR/MWh for delivery in the quarter of an hour that starts at `tsMs`. */
export type PriceCurve = (tsMs: number) => number;

/** What prices would do in a day without sun and wind, EUR/MWh around a mean of 106: two humps, at 8 and at 19. */
const HOURLY = [
  90, 85, 81, 80, 80, 86, 101, 120, 127, 120, 113, 108, 104, 100, 99, 101, 107, 117, 130, 143, 136, 119, 107, 95,
];
const HOURLY_MEAN = HOURLY.reduce((sum, value) => sum + value, 0) / HOURLY.length;
const DAY_OFFSET: Readonly<Record<DayType, number>> = { workday: 12, saturday: -16, sunday: -36 };
/** What clear-sky irradiance of 1 kW/m² over the whole country takes off the price. */
const SOLAR_EUR = 168;
const WIND_EUR = 21;
/** The auction's limits. */
const LIMITS = [-500, 4000] as const;

/** The day-ahead auction: demand's humps minus sun and wind, fuel prices that wander for weeks, and evening spikes that last hours. */
export function createDayAhead(options: PriceOptions): PriceCurve {
  const { seed, market, levelEurMwh, zone, place, weather } = options;
  const fuel = layeredNoise(createStream(seed, 'market', market, 'fuel'), [
    { periodMs: 25 * DAY, weight: 1 },
    { periodMs: 6 * DAY, weight: 0.5 },
  ]);
  const short = layeredNoise(createStream(seed, 'market', market, 'short'), [
    { periodMs: 5 * HOUR, weight: 1 },
    { periodMs: 1.5 * HOUR, weight: 0.4 },
  ]);
  const spikes = createSpikes(options);
  const scale = levelEurMwh / 82;
  return (tsMs) => {
    const local = zone.local(tsMs);
    const demand = dailyCurve(HOURLY, local.hour) + DAY_OFFSET[dayType(local)] - 2 * summer(tsMs);
    const solar = SOLAR_EUR * clearSky(sunAt(tsMs, place).sinElevation) * weather.clearness(tsMs);
    const slow = 12 * fuel(tsMs) + 7 * short(tsMs) - WIND_EUR * weather.wind(tsMs);
    const smooth = demand - solar + slow + sawTooth(local.hour, 0.5);
    const price = scale * (softFloor(smooth) + spikes.mean(tsMs, tsMs + HOUR / 4));
    return Math.round(Math.min(LIMITS[1], Math.max(LIMITS[0], price)) * 100) / 100;
  };
}

/** Below zero renewable plants switch off, so prices fall more slowly there. */
function softFloor(price: number): number {
  return price >= 0 ? price : price * 0.7;
}

/** Quarter-hours run ahead of the hour's slope, because power stations ramp in hourly steps. */
export function sawTooth(hour: number, strength: number): number {
  const slope = (dailyCurve(HOURLY, hour + 0.5) - dailyCurve(HOURLY, hour - 0.5)) / HOURLY_MEAN;
  const quarter = Math.floor((hour % 1) * 4);
  return strength * slope * 120 * (quarter - 1.5) * 0.25;
}

/** Hours at which a spike begins, by local time: evenings mostly, some mornings. */
const SPIKE_HOURS = [1, 1, 1, 1, 1, 2, 6, 9, 6, 2, 1, 1, 1, 1, 2, 6, 16, 22, 14, 6, 3, 1, 1, 1];
const SPIKE_HOURS_SUM = SPIKE_HOURS.reduce((sum, value) => sum + value, 0);

/** Hours of scarcity in runs, two and a half on average, in winter more often than in summer. */
function createSpikes({ seed, market, zone }: PriceOptions): ReturnType<typeof createPulseTrain> {
  const stream = createStream(seed, 'market', market, 'spike');
  return createPulseTrain({
    slotMs: HOUR,
    maxDurationMs: 14 * HOUR,
    draw: (slot) => {
      const start = slot * HOUR;
      const perDay = 0.2 - 0.12 * summer(start);
      const hour = Math.floor(zone.local(start).hour);
      if (stream.uniform(slot) >= (perDay * (SPIKE_HOURS[hour] ?? 0)) / SPIKE_HOURS_SUM) return undefined;
      const quarters = Math.min(56, 2 + Math.floor(-9 * Math.log(1 - stream.uniform(slot, 1))));
      const size = 105 * Math.exp(0.55 * stream.normal(slot, 2));
      return { from: start, to: start + (quarters * HOUR) / 4, size };
    },
  });
}
