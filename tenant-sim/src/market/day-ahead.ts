import { exp } from '../math/elementary.ts';
import type { World } from '../meters/world.ts';
import { evenNoise, smoothNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { dailyCurve } from '../time/daily-curve.ts';
import type { DayType } from '../time/holidays.ts';
import { DAY, HOUR, QUARTER, quarterly, type Quarterly } from '../time/quarterly.ts';
import { summer } from '../weather/weather.ts';
import { merit } from './merit.ts';
import { onUsualScale } from './usual-scale.ts';

/** What demand alone would do to the price, by hour of the day: two humps, at 8 and at 19. */
const HOURLY = [
  112.4, 104.8, 98.1, 95.7, 99.2, 107.3, 117.2, 127, 133.8, 134.3, 136.5, 138.2, 139.8, 139.6, 137.5, 136.2, 139.1,
  143.1, 152.7, 154.6, 142.6, 133.7, 126.5, 124.3,
];
const HOURLY_MEAN = HOURLY.reduce((sum, value) => sum + value, 0) / HOURLY.length;
/** Days off lack the factories, which is felt at noon most. */
const DAY_OFFSET: Readonly<Record<DayType, number>> = { workday: 0, saturday: -20.5, sunday: -30 };
const OFF_AT_NIGHT = 0.7;
const OFF_AT_NOON = 0.7;
const SUMMER = 1.2;
/** Gas is dearer while all heat with it: by this share more than on average at midwinter, and less at midsummer. */
const WINTER_FUEL = 0.05;
/** What irradiance of 1 kW/m² over the whole country takes off, and one standard deviation of wind. */
const SOLAR = 154;
const WIND = 24;
/** Roofs look east and west too, and inverters are smaller than their panels: beyond this irradiance, kW/m², more sun adds less. */
const SOLAR_RATED = { limit: 0.62, beyond: 0.4 };
/** Turbines have a greatest power: beyond this many deviations more wind adds little. */
const WIND_RATED = { limit: 1.83, beyond: 0.2 };
/** What each degree below 5 °C adds. */
const COLD = 0.85;
/** What wanders: fuel over weeks, outages and trade over days, and hours. */
const WANDERS = [
  { name: 'fuel', periodMs: 25 * DAY, lane: 0, size: 5 },
  { name: 'fuel', periodMs: 6 * DAY, lane: 1, size: 0.5 },
  { name: 'fuel', periodMs: 1.3 * DAY, lane: 2, size: 2.6 },
  { name: 'short', periodMs: 5 * HOUR, lane: 0, size: 3 },
  { name: 'short', periodMs: 1.5 * HOUR, lane: 1, size: 2.2 },
] as const;
/** The auction's limits. */
const LIMITS = [-500, 4000] as const;
/** Mean of a year at scale 1. */
const MEAN_LEVEL = 93.8;

/**
 * The day-ahead auction in EUR/MWh: what demand leaves after sun and wind, sent up the merit order, whose two ends are steep. So spikes and
 * negative hours come in runs, when the weather and the hour make them, and not at random.
 */
export function createDayAhead(world: World, market: string, levelEurMwh: number): Quarterly {
  const scarcity = onUsualScale(quarterly(createScarcity(world, market)), world);
  const scale = levelEurMwh / MEAN_LEVEL;
  return quarterly((quarter) => {
    const hour = world.zone.local(quarter * QUARTER).hour;
    const fuel = 1 - WINTER_FUEL * summer(quarter * QUARTER);
    const price = scale * (fuel * merit(scarcity(quarter)) + sawTooth(hour, 0.5));
    return Math.round(Math.min(LIMITS[1], Math.max(LIMITS[0], price)) * 100) / 100;
  });
}

/** How scarce power is in a quarter-hour: demand by the clock and the calendar, minus sun and wind, and what wanders. */
export function createScarcity({ seed, zone, weather, dayType }: World, market: string): Quarterly {
  const wanders = WANDERS.map(({ name, periodMs, lane, size }) => {
    const noise = (name === 'short' && lane === 1 ? smoothNoise : evenNoise)(
      createStream(seed, 'market', market, name),
      periodMs,
      lane,
    );
    return (tsMs: number): number => size * noise(tsMs);
  });
  return (quarter) => {
    const tsMs = quarter * QUARTER;
    const { hour } = zone.local(tsMs);
    const fromNoon = (hour - 13) / 3;
    const off = DAY_OFFSET[dayType(tsMs)] * (OFF_AT_NIGHT + OFF_AT_NOON * exp(-0.5 * fromNoon * fromNoon));
    const demand = dailyCurve(HOURLY, hour) + off + SUMMER * summer(tsMs);
    const sun = rated(weather.clearSky(quarter) * weather.countryClearness(quarter), SOLAR_RATED);
    const renewables = SOLAR * sun + WIND * rated(weather.wind(quarter), WIND_RATED);
    const cold = COLD * Math.max(0, 5 - weather.temperature(quarter));
    return wanders.reduce((sum, wander) => sum + wander(tsMs), demand + cold - renewables);
  };
}

/** What a machine makes of a value: all of it up to its limit, and of what is beyond only this share. */
function rated(value: number, { limit, beyond }: { readonly limit: number; readonly beyond: number }): number {
  return value > limit ? limit + beyond * (value - limit) : value;
}

/** Quarter-hours run ahead of the hour's slope, because power stations ramp in hourly steps. */
export function sawTooth(hour: number, strength: number): number {
  const slope = (dailyCurve(HOURLY, hour + 0.5) - dailyCurve(HOURLY, hour - 0.5)) / HOURLY_MEAN;
  const quarter = Math.floor((hour % 1) * 4);
  return strength * slope * 120 * (quarter - 1.5) * 0.25;
}
