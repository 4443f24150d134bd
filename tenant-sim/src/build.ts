import type { PriceSource, ReadingSource, StoredMeter, StoredPrices } from '@luna-iems/series';
import { createSeries, type PriceSeries } from './market/series.ts';
import { createSimPriceSource } from './market/source.ts';
import { createMeter, createWorkspace } from './meters/meter.ts';
import { createQuirks } from './meters/quirks.ts';
import { createSimReadingSource, type SimulatedMeter } from './meters/source.ts';
import { createWorld, type World } from './meters/world.ts';
import type { SimConfig } from './sim-schema.ts';
import { createZone } from './time/zone.ts';

/** What all meters and markets of a configuration share. */
export function buildWorld(config: SimConfig): World {
  return createWorld({
    seed: String(config.seed),
    zone: createZone(config.timezone),
    place: config.place,
    state: config.state,
  });
}

type Group = SimConfig['meters']['groups'][number];

/** The names of a group's meters. */
export function meterNames({ prefix, count }: Group): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(3, '0')}`);
}

/** All meters of a configuration, in the order of their names. */
export function buildMeters(config: SimConfig, world: World = buildWorld(config)): SimulatedMeter[] {
  const { interval_s: intervalS, missing_share: missingShare, outage_length: outageLengthFactor } = config.meters;
  const { faults } = config.meters;
  const quirks = {
    duplicateShare: faults.duplicate_share,
    lateShare: faults.late_share,
    lateMinutes: faults.late_minutes,
    clockSkewS: faults.clock_skew_s,
  };
  const workspace = createWorkspace();
  const meters = config.meters.groups.flatMap((group) =>
    meterNames(group).map((meterId) => {
      const meter = createMeter({
        world,
        meterId,
        intervalS,
        missingShare,
        outageLengthFactor,
        workspace,
        profile: group.profile,
        medianKwh: group.annual_kwh,
        spread: group.spread,
        pvKwp: group.pv_kwp,
        batteryKwh: group.battery_kwh,
        heatPumpKw: group.heat_pump_kw,
        carKw: group.car_kw,
      });
      return { meter, quirks: createQuirks({ seed: world.seed, meterId, intervalMs: meter.intervalMs, quirks }) };
    }),
  );
  return meters.sort((a, b) => (a.meter.meterId < b.meter.meterId ? -1 : 1));
}

/** All price series of a configuration. */
export function buildSeries(config: SimConfig, world: World = buildWorld(config)): PriceSeries[] {
  return config.market.series.map((series) =>
    createSeries({
      world,
      market: series.market,
      product: series.product,
      kind: series.kind,
      resolutionS: series.resolution_s,
      levelEurMwh: series.level_eur_mwh,
    }),
  );
}

/** The configured meters as a source of readings; without any when they are switched off. */
export function createMeterSource(config: SimConfig, goesOnFrom: readonly StoredMeter[] = []): ReadingSource {
  return createSimReadingSource({
    meters: config.meters.enabled ? buildMeters(config) : [],
    startMs: startOf(config),
    startMinutesBack: config.meters.start_minutes_back,
    goesOnFrom,
  });
}

/** The configured markets as a source of prices; without any when they are switched off. */
export function createMarketSource(config: SimConfig, goesOnFrom: readonly StoredPrices[] = []): PriceSource {
  const world = buildWorld(config);
  return createSimPriceSource({
    series: config.market.enabled ? buildSeries(config, world) : [],
    zone: world.zone,
    startMs: startOf(config),
    startDaysBack: config.market.start_days_back,
    goesOnFrom,
  });
}

/** Local midnight of the configured first day. */
function startOf({ start, timezone }: SimConfig): number | undefined {
  return start === undefined ? undefined : createZone(timezone).dayStart(Date.parse(`${start}T12:00:00Z`));
}
