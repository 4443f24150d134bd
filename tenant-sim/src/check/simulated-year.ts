import type { ReadingBatch } from '@luna-iems/series';
import { buildMeters, buildSeries, buildWorld } from '../build.ts';
import { createReadingBatch } from '@luna-iems/series';
import type { Meter } from '../meters/meter.ts';
import { createPv } from '../meters/pv.ts';
import { parseSimConfig } from '../sim-config.ts';
import { DAY, QUARTER } from '../time/quarterly.ts';
import { calendarOf, type Calendar } from './calendar.ts';
import { judgeGaps, judgeVoltage, type GapSample, type GridSample } from './grid-quality.ts';
import { judgeFine, judgeManyHouseholds, judgeSingleHouseholds, type FineSample } from './households.ts';
import { judgePrices, type PriceYear } from './prices.ts';
import { judgePv } from './pv.ts';
import type { Verdict } from './verdict.ts';

export interface CheckOptions {
  readonly seed: string;
  /** The local year that is simulated. */
  readonly year: number;
  /** How many homes; the bands of their mean are made for fifty and more. */
  readonly homes: number;
  /** How many of them are also read by the second, and for how many days. */
  readonly fineHomes: number;
  readonly fineDays: number;
}

export const FULL_CHECK: Omit<CheckOptions, 'seed'> = { year: 2025, homes: 100, fineHomes: 6, fineDays: 14 };

const ROOFS = 8;
const HOUR = 4;

/** Simulates a year and judges it by every published band. */
export function checkYear(options: CheckOptions): Verdict[] {
  const config = parseSimConfig(`
seed: ${JSON.stringify(options.seed)}
meters: {interval_s: 900, groups: [{prefix: home, count: ${options.homes}}]}
market:
  series:
    - {market: DE-LU, product: DA-60, kind: day-ahead, resolution_s: 3600}
    - {market: DE-LU, product: DA-15, kind: day-ahead}
    - {market: DE-LU, product: ID-15, kind: intraday}`);
  const world = buildWorld(config);
  const quarters = calendarOf(world.zone, options.year, QUARTER);
  const years = buildMeters(config, world).map(({ meter }) => fill(meter, quarters.fromMs, quarters.length));
  const year = { calendar: quarters, homes: years.map((batch) => withoutGaps(batch.consumptionKw)) };
  return [
    ...judgeManyHouseholds(year),
    ...judgeSingleHouseholds(year),
    ...judgeByTheSecond(options, quarters.fromMs),
    ...judgeVoltage(years.slice(0, 10).map(gridSample)),
    ...judgeByTheMinute(options.seed, quarters),
    ...judgePv({ calendar: quarters, perKwp: roofsOf(world, quarters) }),
    ...judgePrices(priceYear(world, config, options.year)),
  ];
}

function fill(meter: Meter, fromMs: number, count: number): ReadingBatch {
  const batch = createReadingBatch('sim', [meter.meterId], count);
  meter.fill(batch, 0, { fromMs, count }, meter.countersAt(fromMs));
  batch.length = count;
  return batch;
}

/** With the value before put into each gap. */
function withoutGaps(column: Float64Array): Float64Array {
  const filled = column.slice();
  for (let index = 0; index < filled.length; index += 1) {
    if (Number.isNaN(filled[index])) filled[index] = filled[index - 1] ?? 0;
  }
  return filled;
}

function gridSample({ consumptionKw, productionKw, voltage }: ReadingBatch): GridSample {
  const arrived = (column: Float64Array): Float64Array => column.filter((_, index) => !Number.isNaN(voltage[index]));
  return {
    netKw: arrived(consumptionKw.map((value, index) => value - (productionKw[index] ?? 0))),
    voltage: arrived(voltage),
  };
}

function judgeByTheSecond({ seed, fineHomes, fineDays }: CheckOptions, fromMs: number): Verdict[] {
  const config = parseSimConfig(
    `seed: ${JSON.stringify(seed)}\nmeters: {interval_s: 1, groups: [{prefix: home, count: ${fineHomes}}]}`,
  );
  // Half of the days in winter and half of them in summer.
  const half = (fineDays / 2) * DAY;
  const fine = buildMeters(config).map(({ meter }): FineSample => {
    const [winter, summer] = [fromMs, fromMs + 180 * DAY].map((start) => fill(meter, start, half / 1000));
    return {
      kw: joined(winter?.consumptionKw, summer?.consumptionKw),
      importKwh: joined(winter?.energyImportKwh, summer?.energyImportKwh),
      intervalS: 1,
    };
  });
  return judgeFine(fine);
}

function joined(a: Float64Array = new Float64Array(0), b: Float64Array = new Float64Array(0)): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  // Nothing is to be counted over the seam.
  both[a.length] = Number.NaN;
  return both;
}

/** Gaps are judged by the minute: most of them are not longer. */
function judgeByTheMinute(seed: string, { fromMs, length }: Calendar): Verdict[] {
  const config = parseSimConfig(
    `seed: ${JSON.stringify(seed)}\nmeters: {interval_s: 60, groups: [{prefix: home, count: 4}]}`,
  );
  return judgeGaps(
    buildMeters(config).map(({ meter }): GapSample => {
      const batch = fill(meter, fromMs, 15 * length);
      return { missing: batch.quality, intervalS: 60, nullsMatch: nullsMatch(batch) };
    }),
  );
}

function nullsMatch(batch: ReadingBatch): boolean {
  for (let index = 0; index < batch.length; index += 1) {
    const missing = batch.quality[index] === 1;
    if (Number.isNaN(batch.consumptionKw[index]) !== missing || Number.isNaN(batch.voltage[index]) !== missing)
      return false;
  }
  return true;
}

type World = ReturnType<typeof buildWorld>;

function roofsOf(world: World, { fromMs, length }: Calendar): Float64Array {
  const sum = new Float64Array(length);
  const one = new Float64Array(length);
  for (let roof = 0; roof < ROOFS; roof += 1) {
    createPv(world, `roof-${roof}`, 1)(one, { fromMs, stepMs: QUARTER, count: length });
    for (let index = 0; index < length; index += 1) sum[index] = (sum[index] ?? 0) + (one[index] ?? 0) / ROOFS;
  }
  return sum;
}

function priceYear(world: World, config: ReturnType<typeof parseSimConfig>, year: number): PriceYear {
  const calendar = calendarOf(world.zone, year, HOUR * QUARTER);
  const [hours, dayAhead, intraday] = buildSeries(config, world);
  const at = (index: number): number => calendar.fromMs + index * calendar.stepMs;
  const quarterAt = (index: number): number => calendar.fromMs + index * QUARTER;
  return {
    calendar,
    hourly: Float64Array.from({ length: calendar.length }, (_, index) => hours?.price(at(index)) ?? Number.NaN),
    solar: Float64Array.from({ length: calendar.length }, (_, index) => {
      const quarter = at(index) / QUARTER + 2;
      return world.weather.clearSky(quarter) * world.weather.countryClearness(quarter);
    }),
    intradayMinusDayAhead: Float64Array.from(
      { length: HOUR * calendar.length },
      (_, index) =>
        (intraday?.price(quarterAt(index)) ?? Number.NaN) - (dayAhead?.price(quarterAt(index)) ?? Number.NaN),
    ),
  };
}
