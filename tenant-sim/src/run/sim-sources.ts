import {
  fillPrices,
  fillReadings,
  type PriceSource,
  type ReadingSource,
  type ReadingRow,
  type PriceRow,
} from '@luna-iems/series';
import { buildMeters, buildSeries } from '../build.ts';
import type { SimConfig } from '../sim-config.ts';
import { SIM_SOURCE } from '../source.ts';
import { createZone } from '../time/zone.ts';
import { batchesOf, type Span } from './batches.ts';
import { planMarket, planMeters } from './plan.ts';

/** The simulated meters of a configuration. */
export function createMeterSource(config: SimConfig): ReadingSource {
  const meters = config.meters.enabled ? buildMeters(config) : [];
  return {
    name: SIM_SOURCE,
    *read({ stored, nowMs, batchRows }) {
      const last = stored.map(({ meterId, tsMs, intervalS }) => ({ meterId, ts: new Date(tsMs), intervalS }));
      const plans = planMeters({ meters, last, nowMs, startMinutesBack: config.meters.start_minutes_back });
      const spans = plans.map((span): Span<ReadingRow> => {
        const row = (tsMs: number): ReadingRow => {
          const { ts: _ts, source: _source, quality, ...rest } = span.row(tsMs);
          const none = { energyImportKwh: null, energyExportKwh: null, receivedMs: null };
          return { ...rest, ...none, tsMs, quality: quality as ReadingRow['quality'] };
        };
        return { ...span, row };
      });
      if (spans.length === 0) return;
      for (const { rows } of batchesOf(spans, batchRows)) yield fillReadings(SIM_SOURCE, rows);
    },
  };
}

/** The simulated prices of a configuration. */
export function createMarketSource(config: SimConfig): PriceSource {
  const series = config.market.enabled ? buildSeries(config) : [];
  const zone = createZone(config.timezone);
  return {
    name: SIM_SOURCE,
    *read({ stored, nowMs, batchRows }) {
      const last = series.map(({ market, product }) => {
        const found = stored.find((one) => one.market === market && one.product === product);
        return found === undefined ? undefined : new Date(found.tsMs);
      });
      const plans = planMarket({ series, last, nowMs, startDaysBack: config.market.start_days_back, zone });
      const spans = plans.map((span): Span<PriceRow> => {
        const row = (tsMs: number): PriceRow => {
          const { ts: _ts, source: _source, publishedAt, ...rest } = span.row(tsMs);
          return { ...rest, tsMs, publishedMs: publishedAt?.getTime() ?? null };
        };
        return { ...span, row };
      });
      if (spans.length === 0) return;
      for (const { rows } of batchesOf(spans, batchRows)) yield fillPrices(SIM_SOURCE, rows);
    },
  };
}
