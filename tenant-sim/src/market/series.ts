import type { Price } from '@luna-iems/tenant-db';
import { layeredNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { SIM_SOURCE } from '../source.ts';
import { createDayAhead, type PriceOptions } from './day-ahead.ts';
import { createIntraday } from './intraday.ts';

export interface SeriesOptions extends PriceOptions {
  readonly product: string;
  readonly kind: 'day-ahead' | 'intraday';
}

export interface PriceSeries {
  readonly market: string;
  readonly product: string;
  readonly resolutionMs: number;
  /** When the price of the interval that starts at `tsMs` becomes known. */
  publishedAt(tsMs: number): number;
  /** The row of that interval: always the same for the same options. */
  price(tsMs: number): Price;
}

const MINUTE = 60_000;
const QUARTER_S = 900;
/** The day-ahead auction publishes at 12:55 local time of the day before. */
const PUBLISHED_HOUR = 12 + 55 / 60;
/** Intraday trade closes five minutes before delivery. */
const INTRADAY_LEAD_MS = 5 * MINUTE;
/** MWh per quarter of an hour. */
const VOLUME = { 'day-ahead': 7_000, intraday: 1_100 } as const;

export function createSeries(options: SeriesOptions): PriceSeries {
  const { market, product, kind, zone } = options;
  const dayAhead = createDayAhead(options);
  const curve = kind === 'day-ahead' ? dayAhead : createIntraday(options, dayAhead);
  const turnover = layeredNoise(createStream(options.seed, 'market', market, product, 'volume'), [
    { periodMs: 600 * MINUTE, weight: 1 },
    { periodMs: 60 * MINUTE, weight: 0.5 },
  ]);
  const publishedAt =
    kind === 'day-ahead'
      ? (tsMs: number): number => zone.atHour(zone.addDays(tsMs, -1), PUBLISHED_HOUR)
      : (tsMs: number): number => tsMs - INTRADAY_LEAD_MS;
  return {
    market,
    product,
    resolutionMs: QUARTER_S * 1000,
    publishedAt,
    price: (tsMs) => ({
      market,
      product,
      ts: new Date(tsMs),
      priceEurMwh: curve(tsMs),
      volume: Math.round(VOLUME[kind] * Math.exp(0.15 * turnover(tsMs)) * 10) / 10,
      source: SIM_SOURCE,
      resolutionS: QUARTER_S,
      publishedAt: new Date(publishedAt(tsMs)),
    }),
  };
}
