import { createSeries, type PriceSeries } from './market/series.ts';
import { createMeter, type Meter } from './meters/meter.ts';
import type { SimConfig } from './sim-config.ts';
import { createZone } from './time/zone.ts';
import { createWeather } from './weather/weather.ts';

/** All meters of a configuration, in the order of their names. */
export function buildMeters(config: SimConfig): Meter[] {
  const seed = String(config.seed);
  const { interval_s: intervalS, missing_share: missingShare, groups } = config.meters;
  const shared = {
    seed,
    intervalS,
    missingShare,
    zone: createZone(config.timezone),
    place: config.place,
    weather: createWeather(seed),
  };
  const meters = groups.flatMap((group) =>
    Array.from({ length: group.count }, (_, index) =>
      createMeter({
        ...shared,
        meterId: `${group.prefix}-${String(index + 1).padStart(3, '0')}`,
        medianKwh: group.annual_kwh,
        spread: group.spread,
        pvKwp: group.pv_kwp,
      }),
    ),
  );
  return meters.sort((a, b) => (a.meterId < b.meterId ? -1 : 1));
}

/** All price series of a configuration. */
export function buildSeries(config: SimConfig): PriceSeries[] {
  const seed = String(config.seed);
  const shared = { seed, zone: createZone(config.timezone), place: config.place, weather: createWeather(seed) };
  return config.market.series.map((series) =>
    createSeries({
      ...shared,
      market: series.market,
      product: series.product,
      kind: series.kind,
      levelEurMwh: series.level_eur_mwh,
    }),
  );
}
