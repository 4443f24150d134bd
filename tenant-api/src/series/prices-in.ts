import type { PriceRow } from '@luna-iems/series';
import type { About, PeriodBody, PriceBody, PricesRequest } from '../schemas/series-in.ts';
import { readInstant } from './instant.ts';

export interface TakenPrices {
  readonly rows: readonly PriceRow[];
  /** `prices[i]` or `periods[i]` and what is wrong with it; `index` counts prices first, then periods. */
  readonly rejected: readonly About[];
}

/** A period of more intervals than this is no market's. */
const MAX_POSITIONS = 40_000;
const FAR_AHEAD_MS = 8 * 86_400_000;
const PER_MWH = { 'EUR/MWh': 1, 'EUR/kWh': 1000, 'ct/kWh': 10 } as const;

interface Context {
  readonly nowMs: number;
  readonly zone: string | undefined;
  readonly scale: number;
}

/** Rows of a request, in EUR/MWh, periods written out. */
export function toPrices(request: PricesRequest, nowMs: number): TakenPrices {
  const context: Context = { nowMs, zone: request.timezone, scale: PER_MWH[request.unit ?? 'EUR/MWh'] };
  const rows: PriceRow[] = [];
  const rejected: About[] = [];
  const take = (index: number, made: PriceRow[] | string): void => {
    if (typeof made === 'string') rejected.push({ index, reason: made });
    else rows.push(...made);
  };
  const prices = request.prices ?? [];
  prices.forEach((body, index) => take(index, onePrice(body, context)));
  (request.periods ?? []).forEach((body, index) => take(prices.length + index, onePeriod(body, context)));
  return { rows, rejected };
}

function published(text: string | undefined, { nowMs, zone }: Context): { ms: number } | { wrong: string } {
  return text === undefined ? { ms: nowMs } : readInstant(text, zone);
}

function onePrice(body: PriceBody, context: Context): PriceRow[] | string {
  const start = readInstant(body.ts, context.zone);
  if ('wrong' in start) return `ts ${start.wrong}.`;
  const known = published(body.publishedAt, context);
  if ('wrong' in known) return `publishedAt ${known.wrong}.`;
  if (start.ms > context.nowMs + FAR_AHEAD_MS)
    return `ts ${body.ts} lies more than eight days ahead: no market has a price for it yet.`;
  const { market, product, price, volume = null, resolutionS = 900 } = body;
  return [
    { market, product, tsMs: start.ms, priceEurMwh: price * context.scale, volume, resolutionS, publishedMs: known.ms },
  ];
}

function onePeriod(body: PeriodBody, context: Context): PriceRow[] | string {
  const [start, end] = [readInstant(body.start, context.zone), readInstant(body.end, context.zone)];
  if ('wrong' in start) return `start ${start.wrong}.`;
  if ('wrong' in end) return `end ${end.wrong}.`;
  const known = published(body.publishedAt, context);
  if ('wrong' in known) return `publishedAt ${known.wrong}.`;
  const positions = (end.ms - start.ms) / (body.resolutionS * 1000);
  const wrong = wrongWith(body, positions);
  if (wrong !== undefined) return wrong;
  const values = written(body, positions);
  return values.flatMap((price, place) => {
    if (price === undefined) return [];
    const { market, product, resolutionS } = body;
    const tsMs = start.ms + place * resolutionS * 1000;
    return [
      { market, product, tsMs, priceEurMwh: price * context.scale, volume: null, resolutionS, publishedMs: known.ms },
    ];
  });
}

function wrongWith({ resolutionS, points, curveType }: PeriodBody, positions: number): string | undefined {
  if (!Number.isInteger(positions) || positions < 1 || positions > MAX_POSITIONS)
    return `from start to end there must be a whole number of intervals of ${resolutionS} s; there are ${positions}.`;
  const places = points.map(({ position }) => position);
  const beyond = places.find((position) => position > positions);
  if (beyond !== undefined) return `position ${beyond} lies beyond the period's ${positions} intervals.`;
  if (new Set(places).size !== places.length) return 'a position stands twice.';
  if (curveType === 'A03' && !places.includes(1)) return 'position 1 is missing: there is nothing to repeat.';
  return undefined;
}

/** The price at each place of the period; undefined where there is none. */
function written({ points, curveType }: PeriodBody, positions: number): (number | undefined)[] {
  const given = new Map(points.map(({ position, price }) => [position, price]));
  let last: number | undefined;
  return Array.from({ length: positions }, (_, place) => {
    const here = given.get(place + 1);
    if (here !== undefined) last = here;
    return curveType === 'A03' ? last : here;
  });
}
