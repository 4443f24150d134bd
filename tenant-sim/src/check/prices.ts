import type { Calendar } from './calendar.ts';
import {
  autocorrelation,
  correlation,
  deviation,
  greatestAt,
  mean,
  meansBy,
  quantile,
  runsOf,
  sorted,
  type Column,
} from './statistics.ts';
import { judged, type Verdict } from './verdict.ts';

export interface PriceYear {
  /** Of the hours. */
  readonly calendar: Calendar;
  /** Hourly day-ahead prices, EUR/MWh. */
  readonly hourly: Column;
  /** Solar power of the country at the same hours, any unit. */
  readonly solar: Column;
  /** Intraday minus day-ahead by quarter-hours, EUR/MWh. */
  readonly intradayMinusDayAhead: Column;
}

/** Judges a year of prices against the character of DE-LU's day-ahead auction of 2024 and 2025. */
export function judgePrices(year: PriceYear): Verdict[] {
  return judged('prices', [...level(year), ...negatives(year), ...spikes(year), ...rhythm(year), ...intraday(year)]);
}

type Rows = (readonly [string, number, number, number])[];

function level({ hourly }: PriceYear): Rows {
  const ordered = sorted(hourly);
  const average = mean(hourly);
  const width = deviation(hourly);
  return [
    ['median minus mean, EUR/MWh', quantile(ordered, 0.5) - average, -5, 8],
    ['standard deviation, EUR/MWh', width, 45, 60],
    ['coefficient of variation', width / average, 0.5, 0.75],
    ['minimum, EUR/MWh', ordered[0] ?? Number.NaN, -500, 0],
    ['maximum, EUR/MWh', ordered[ordered.length - 1] ?? Number.NaN, 200, 4000],
    ['1st percentile, EUR/MWh', quantile(ordered, 0.01), -30, -10],
    ['5th percentile, EUR/MWh', quantile(ordered, 0.05), -2, 5],
    ['95th percentile, EUR/MWh', quantile(ordered, 0.95), 130, 170],
    ['99th percentile, EUR/MWh', quantile(ordered, 0.99), 200, 260],
    ['99.9th percentile, EUR/MWh', quantile(ordered, 0.999), 400, 650],
  ];
}

function negatives({ hourly, calendar }: PriceYear): Rows {
  const at = (index: number): boolean => (hourly[index] ?? 0) < 0;
  const all = places(hourly.length, at);
  const runs = runsOf(hourly.length, at);
  const lengths = runs.map(({ length }) => length);
  const share = shareWhere(all);
  return [
    ['negative hours, share', all.length / hourly.length, 0.04, 0.08],
    ['days with negative hours', new Set(all.map((index) => calendar.day[index])).size, 80, 120],
    ['negative hours between 10 and 17 h', share((index) => between(calendar.hour[index], 10, 16)), 0.7, 1],
    ['negative hours on weekends', share((index) => (calendar.weekday[index] ?? 0) >= 5), 0.5, 0.7],
    ['negative hours from April to September', share((index) => between(calendar.month[index], 4, 9)), 0.75, 0.9],
    ['negative runs', runs.length, 80, 120],
    ['negative runs, mean length, h', mean(lengths), 4.5, 6],
    ['negative runs, longest, h', Math.max(0, ...lengths), 1, 24],
  ];
}

function spikes({ hourly, calendar }: PriceYear): Rows {
  const at = (index: number): boolean => (hourly[index] ?? 0) > 200;
  const all = places(hourly.length, at);
  const runs = runsOf(hourly.length, at);
  const share = shareWhere(all);
  return [
    ['hours above 200 EUR/MWh, share', all.length / hourly.length, 0.01, 0.025],
    ['runs above 200', runs.length, 40, 90],
    ['runs above 200, mean length, h', mean(runs.map(({ length }) => length)), 2, 3],
    ['hours above 200 between 16 and 21 h', share((index) => between(calendar.hour[index], 16, 20)), 0.55, 1],
    ['hours above 200 from October to March', share((index) => !between(calendar.month[index], 4, 9)), 0.6, 0.8],
  ];
}

function rhythm({ hourly, calendar, solar }: PriceYear): Rows {
  const average = mean(hourly);
  const hours = meansBy(hourly, (index) => calendar.hour[index] ?? 0, 24);
  const weekdays = meansBy(hourly, (index) => calendar.weekday[index] ?? 0, 7);
  const months = meansBy(hourly, (index) => (calendar.month[index] ?? 1) - 1, 12);
  const [, , , , , saturday = 0, sunday = 0] = weekdays;
  const workday = mean(weekdays.slice(0, 5));
  const peak = places(
    hourly.length,
    (index) => (calendar.weekday[index] ?? 0) < 5 && between(calendar.hour[index], 8, 19),
  ).map((index) => hourly[index] ?? 0);
  const steps = Float64Array.from(
    { length: hourly.length - 1 },
    (_, index) => (hourly[index + 1] ?? 0) - (hourly[index] ?? 0),
  );
  const spreads = sorted(dailySpreads(hourly, calendar));
  return [
    ['dearest hour of the mean day', greatestAt(hours), 18, 20],
    ['cheapest hour of the mean day', greatestAt(hours.map((value) => -value)), 12, 14],
    ['dearest hour by mean', Math.max(...hours) / average, 1.4, 1.7],
    ['cheapest hour by mean', Math.min(...hours) / average, 0.45, 0.65],
    ['Saturday by workday', saturday / workday, 0.7, 0.85],
    ['Sunday by workday', sunday / workday, 0.55, 0.75],
    ['weekend by workday', (saturday + sunday) / 2 / workday, 0.62, 0.8],
    ['peak (8-20 h, Mon-Fri) by base', mean(peak) / average, 1, 1.15],
    ['dearest month by cheapest', Math.max(...months) / Math.min(...months), 1.5, 2.3],
    ['spread within a day, mean, EUR/MWh', mean(spreads), 95, 140],
    ['spread within a day, 95th percentile, EUR/MWh', quantile(spreads, 0.95), 190, 280],
    ['step from hour to hour, deviation, EUR/MWh', deviation(steps), 18, 26],
    ['step from hour to hour, mean size, EUR/MWh', mean(steps.map((step) => Math.abs(step))), 10, 16],
    ['autocorrelation, 1 h', autocorrelation(hourly, 1), 0.88, 0.94],
    ['autocorrelation, 24 h', autocorrelation(hourly, 24), 0.6, 0.75],
    ['autocorrelation, 48 h', autocorrelation(hourly, 48), 0.38, 0.6],
    ['autocorrelation, 168 h', autocorrelation(hourly, 168), 0.4, 0.6],
    ['correlation with solar power', correlation(hourly, solar), -0.6, -0.35],
  ];
}

function intraday({ intradayMinusDayAhead }: PriceYear): Rows {
  return [
    ['intraday minus day-ahead, mean, EUR/MWh', mean(intradayMinusDayAhead), -2, 2],
    ['intraday minus day-ahead, deviation, EUR/MWh', deviation(intradayMinusDayAhead), 15, 30],
  ];
}

function dailySpreads(hourly: Column, calendar: Calendar): number[] {
  const low = new Map<number, number>();
  const high = new Map<number, number>();
  for (let index = 0; index < hourly.length; index += 1) {
    const day = calendar.day[index] ?? 0;
    const value = hourly[index] ?? 0;
    low.set(day, Math.min(low.get(day) ?? Infinity, value));
    high.set(day, Math.max(high.get(day) ?? -Infinity, value));
  }
  return [...low].map(([day, value]) => (high.get(day) ?? 0) - value);
}

function places(length: number, wanted: (index: number) => boolean): number[] {
  const found: number[] = [];
  for (let index = 0; index < length; index += 1) if (wanted(index)) found.push(index);
  return found;
}

function shareWhere(all: readonly number[]): (wanted: (index: number) => boolean) => number {
  return (wanted) => all.filter(wanted).length / all.length;
}

/** Both ends included. */
function between(value: number | undefined, low: number, high: number): boolean {
  return value !== undefined && value >= low && value <= high;
}
