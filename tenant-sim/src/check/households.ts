import type { Calendar } from './calendar.ts';
import {
  autocorrelation,
  correlation,
  deviation,
  greatestAt,
  mean,
  meansBy,
  quantile,
  skewness,
  sorted,
  type Column,
} from './statistics.ts';
import { judged, type Verdict } from './verdict.ts';

export interface HouseholdYear {
  /** Of the quarter-hours. */
  readonly calendar: Calendar;
  /** Grid import of each home without PV, kW, by quarter-hours; gaps filled in. */
  readonly homes: readonly Column[];
}

/** Judges the mean of many homes against the published character of BDEW's H25. */
export function judgeManyHouseholds({ calendar, homes }: HouseholdYear): Verdict[] {
  const total = sumOf(homes);
  const hours = meansBy(total, (index) => calendar.hour[index] ?? 0, 24);
  const all = hours.reduce((sum, value) => sum + value, 0);
  const share = (from: number, to: number): number =>
    hours.slice(from, to).reduce((sum, value) => sum + value, 0) / all;
  const months = meansBy(total, (index) => (calendar.month[index] ?? 1) - 1, 12);
  const [jan = 0, feb = 0, , , , jun = 0, jul = 0, aug = 0, , , , dec = 0] = months;
  const weekdays = meansBy(total, (index) => calendar.weekday[index] ?? 0, 7);
  return judged('households', [
    ['share of 17-21 h', share(17, 21), 0.22, 0.26],
    ['share of 0-6 h', share(0, 6), 0.1, 0.18],
    ['busiest hour', greatestAt(hours), 18, 20],
    ['quietest hour', greatestAt(hours.map((value) => -value)), 2, 4],
    ['busiest hour by quietest', Math.max(...hours) / Math.min(...hours), 2.3, 4.3],
    ['winter by summer', (dec + jan + feb) / (jun + jul + aug), 1.25, 1.45],
    ['weekend by workday', mean(weekdays.slice(5)) / mean(weekdays.slice(0, 5)), 1.05, 1.2],
    ['coefficient of variation', deviation(total) / mean(total), 0.3, 0.45],
    ['autocorrelation, 24 h', autocorrelation(total, 96), 0.85, 1],
    ['autocorrelation, 12 h', autocorrelation(total, 48), -0.35, 0],
  ]);
}

/** Judges each home by itself: the quiet end and the loud end of them must both be believable. */
export function judgeSingleHouseholds({ calendar, homes }: HouseholdYear): Verdict[] {
  const years = sorted(homes.map((home) => (mean(home) * calendar.length * calendar.stepMs) / 3.6e9));
  const ordered = homes.map(sorted);
  const base = sorted(ordered.map((home) => quantile(home, 0.05) * 1000));
  const most = sorted(ordered.map((home) => home[home.length - 1] ?? Number.NaN));
  const variation = sorted(homes.map((home) => deviation(home) / mean(home)));
  const skew = sorted(homes.map(skewness));
  return judged('single homes', [
    ['least yearly use, MWh', first(years), 1.5, 6],
    ['median yearly use, MWh', quantile(years, 0.5), 2.8, 4.2],
    ['greatest yearly use, MWh', last(years), 1.5, 6],
    ['base load (5th percentile), least, W', first(base), 60, 350],
    ['base load (5th percentile), greatest, W', last(base), 60, 350],
    ['highest quarter-hour, least, kW', first(most), 2, 7],
    ['highest quarter-hour, greatest, kW', last(most), 2, 7],
    ['skewness, least', first(skew), 1.5, 20],
    ['coefficient of variation, least', first(variation), 0.8, 1.6],
    ['coefficient of variation, greatest', last(variation), 0.8, 1.6],
    ['mean correlation of two homes beside the common shape', residualCorrelation(homes), -0.15, 0.15],
    ['least power, kW', Math.min(...ordered.map((home) => home[0] ?? Number.NaN)), 0, 1],
  ]);
}

/** Mean correlation of neighbours in the list, each without the mean of all homes. */
function residualCorrelation(homes: readonly Column[]): number {
  const total = sumOf(homes);
  const totalMean = mean(total);
  const residuals = homes.slice(0, 40).map((home) => {
    const scale = mean(home) / totalMean;
    return total.map((all, index) => (home[index] ?? 0) - scale * all);
  });
  return mean(residuals.slice(1).map((residual, index) => correlation(residual, residuals[index] ?? [])));
}

export interface FineSample {
  /** Import of one home by seconds (or a few), kW; missing readings are NaN. */
  readonly kw: Column;
  /** Length of its intervals, s. */
  readonly intervalS: number;
  /** The import counter at the end of each interval, kWh; NaN where missing. */
  readonly importKwh: Column;
}

/** Judges homes by the second: peaks, and counters that integrate the power. */
export function judgeFine(samples: readonly FineSample[]): Verdict[] {
  const peaks = sorted(samples.map(({ kw }) => quantile(sorted(arrived(kw)), 0.999)));
  const errors = samples.map(counterError);
  return judged('single homes', [
    ['99.9th percentile by the second, least, kW', first(peaks), 3, 12],
    ['99.9th percentile by the second, greatest, kW', last(peaks), 3, 12],
    ['counter against integrated power, greatest difference', Math.max(...errors.map(({ share }) => share)), 0, 0.005],
    ['counter, falls', errors.reduce((sum, { falls }) => sum + falls, 0), 0, 0],
  ]);
}

function arrived(values: Column): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (value === value) kept[count++] = value;
  }
  return kept.subarray(0, count);
}

/** Over neighbouring readings that both arrived: rises of the counter against power times time. */
function counterError({ kw, importKwh, intervalS }: FineSample): { share: number; falls: number } {
  let counted = 0;
  let integrated = 0;
  let falls = 0;
  for (let index = 1; index < kw.length; index += 1) {
    const rise = (importKwh[index] ?? Number.NaN) - (importKwh[index - 1] ?? Number.NaN);
    if (!(rise === rise)) continue;
    if (rise < 0) falls += 1;
    counted += rise;
    integrated += ((kw[index] ?? 0) * intervalS) / 3600;
  }
  return { share: Math.abs(counted - integrated) / integrated, falls };
}

export function sumOf(columns: readonly Column[]): Float64Array {
  const sum = new Float64Array(columns[0]?.length ?? 0);
  for (const column of columns)
    for (let index = 0; index < sum.length; index += 1) sum[index] = (sum[index] ?? 0) + (column[index] ?? 0);
  return sum;
}

const first = (ordered: Column): number => ordered[0] ?? Number.NaN;
const last = (ordered: Column): number => ordered[ordered.length - 1] ?? Number.NaN;
