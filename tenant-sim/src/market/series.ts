import { exp } from '../math/elementary.ts';
import type { World } from '../meters/world.ts';
import { layeredNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { HOUR, MINUTE, QUARTER, quarterly, type Quarterly } from '../time/quarterly.ts';
import { createDayAhead } from './day-ahead.ts';
import { createIntraday } from './intraday.ts';

export interface SeriesOptions {
  readonly world: World;
  readonly market: string;
  readonly product: string;
  readonly kind: 'day-ahead' | 'intraday';
  readonly resolutionS: 900 | 3600;
  /** Mean over a year, EUR/MWh. */
  readonly levelEurMwh: number;
}

export interface PriceSeries {
  readonly market: string;
  readonly product: string;
  readonly resolutionMs: number;
  /** When the price of the interval that starts at `tsMs` becomes known. */
  publishedMs(tsMs: number): number;
  /** EUR/MWh for that interval: always the same for the same options. */
  price(tsMs: number): number;
  /** MWh traded for it. */
  volume(tsMs: number): number;
}

/** The day-ahead auction publishes at 12:55 local time of the day before. */
const PUBLISHED_HOUR = 12 + 55 / 60;
/** Intraday trade closes five minutes before delivery. */
const INTRADAY_LEAD_MS = 5 * MINUTE;
/** MWh per quarter of an hour. */
const VOLUME = { 'day-ahead': 7_000, intraday: 1_100 } as const;

export function createSeries(options: SeriesOptions): PriceSeries {
  const { market, product, kind, resolutionS, world } = options;
  const curve = quarterly(priceCurve(options));
  const quarters = resolutionS / 900;
  const turnover = layeredNoise(createStream(world.seed, 'market', market, product, 'volume'), [
    { periodMs: 10 * HOUR, weight: 1 },
    { periodMs: HOUR, weight: 0.5 },
  ]);
  return {
    market,
    product,
    resolutionMs: resolutionS * 1000,
    publishedMs:
      kind === 'day-ahead'
        ? (tsMs) => world.zone.atHour(world.zone.addDays(tsMs, -1), PUBLISHED_HOUR)
        : (tsMs) => tsMs - INTRADAY_LEAD_MS,
    price: (tsMs) => {
      let sum = 0;
      for (let index = 0; index < quarters; index += 1) sum += curve(Math.floor(tsMs / QUARTER) + index);
      return cents(sum / quarters);
    },
    volume: (tsMs) => Math.round(quarters * VOLUME[kind] * exp(0.15 * turnover(tsMs)) * 10) / 10,
  };
}

function priceCurve({ world, market, kind, levelEurMwh }: SeriesOptions): Quarterly {
  const dayAhead = createDayAhead(world, market, levelEurMwh);
  return kind === 'day-ahead' ? dayAhead : createIntraday(world, market, dayAhead);
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
