import { createPriceBatch, type PriceBatch, type PriceSource, type StoredPrices } from '@luna-iems/series';
import { SIM_SOURCE } from '../source.ts';
import { DAY } from '../time/quarterly.ts';
import type { Zone } from '../time/zone.ts';
import type { PriceSeries } from './series.ts';

export interface SimPriceOptions {
  readonly series: readonly PriceSeries[];
  readonly zone: Zone;
  /** Where a series without any price begins; undefined: local midnight `startDaysBack` days before now. */
  readonly startMs: number | undefined;
  readonly startDaysBack: number;
  /** Prices from elsewhere (a file) that the simulation goes on from. */
  readonly goesOnFrom: readonly StoredPrices[];
}

interface Span {
  readonly place: number;
  readonly series: PriceSeries;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Windows keep all series advancing together. */
const WINDOW_MS = 7 * DAY;

/** The simulated markets as a source: each series from its last price to the last one that is published now. */
export function createSimPriceSource(options: SimPriceOptions): PriceSource {
  const seriesIds = options.series.map(({ market, product }) => ({ market, product }));
  return {
    name: SIM_SOURCE,
    *read({ stored, nowMs, batchRows }) {
      const batch = createPriceBatch(SIM_SOURCE, seriesIds, Math.max(1, batchRows));
      for (const span of windows(plan(options, stored, nowMs))) {
        const step = span.series.resolutionMs;
        for (let tsMs = span.fromMs; tsMs < span.toMs; tsMs += step) {
          writeRow(batch, span, tsMs);
          if (batch.length < batch.tsMs.length) continue;
          yield batch;
          batch.length = 0;
        }
      }
      if (batch.length > 0) yield batch;
    },
  };
}

function writeRow(batch: PriceBatch, { place, series }: Span, tsMs: number): void {
  const at = batch.length;
  batch.series[at] = place;
  batch.tsMs[at] = tsMs;
  batch.priceEurMwh[at] = series.price(tsMs);
  batch.volume[at] = series.volume(tsMs);
  batch.resolutionS[at] = series.resolutionMs / 1000;
  batch.publishedMs[at] = series.publishedMs(tsMs);
  batch.length += 1;
}

function plan(options: SimPriceOptions, stored: readonly StoredPrices[], nowMs: number): Span[] {
  const last = new Map<string, number>();
  for (const row of [...options.goesOnFrom, ...stored]) {
    const key = keyOf(row);
    last.set(key, Math.max(row.tsMs, last.get(key) ?? -Infinity));
  }
  const begin = options.startMs ?? options.zone.addDays(nowMs, -options.startDaysBack);
  return options.series.flatMap((series, place) => {
    const before = last.get(keyOf(series));
    const step = series.resolutionMs;
    const fromMs = before === undefined ? Math.ceil(begin / step) * step : Math.floor(before / step + 1) * step;
    const toMs = horizon(series, nowMs);
    return fromMs < toMs ? [{ place, series, fromMs, toMs }] : [];
  });
}

const keyOf = ({ market, product }: { readonly market: string; readonly product: string }): string =>
  JSON.stringify([market, product]);

/** End of the last interval whose price is known now. Publication times only grow with the interval, so halving finds it. */
function horizon(series: PriceSeries, nowMs: number): number {
  const step = series.resolutionMs;
  let known = Math.floor((nowMs - DAY) / step);
  let unknown = Math.ceil((nowMs + 4 * DAY) / step);
  while (unknown - known > 1) {
    const middle = Math.floor((known + unknown) / 2);
    if (series.publishedMs(middle * step) <= nowMs) known = middle;
    else unknown = middle;
  }
  return unknown * step;
}

function* windows(spans: readonly Span[]): Generator<Span, void, undefined> {
  const begin = Math.min(...spans.map(({ fromMs }) => fromMs));
  const end = Math.max(...spans.map(({ toMs }) => toMs));
  for (let window = Math.floor(begin / WINDOW_MS) * WINDOW_MS; window < end; window += WINDOW_MS) {
    for (const span of spans) {
      const fromMs = Math.max(span.fromMs, Math.ceil(window / span.series.resolutionMs) * span.series.resolutionMs);
      const toMs = Math.min(span.toMs, window + WINDOW_MS);
      if (fromMs < toMs) yield { ...span, fromMs, toMs };
    }
  }
}
