import { expect, test } from 'vitest';
import { createZone } from '../time/zone.ts';
import { createStream } from '../random/stream.ts';
import { calendarOf } from './calendar.ts';
import { judgeGaps } from './grid-quality.ts';
import { judgeManyHouseholds, judgeSingleHouseholds } from './households.ts';
import { judgePrices } from './prices.ts';
import { judgePv } from './pv.ts';
import type { Verdict } from './verdict.ts';

// The judge must be able to say no: to what a toy simulator would make.
const zone = createZone('Europe/Berlin');
const quarters = calendarOf(zone, 2025, 900_000);
const hours = calendarOf(zone, 2025, 3_600_000);
const missed = (verdicts: readonly Verdict[]): string[] =>
  verdicts.filter(({ ok }) => !ok).map(({ statistic }) => statistic);
const sine = (hour: number, peak: number): number => Math.cos((2 * Math.PI * (hour - peak)) / 24);

test('the calendar of a year has its long and its short day, and the 29th of February', () => {
  expect([hours.length, quarters.length]).toEqual([8760, 4 * 8760]);
  const quartersOf = (year: number, month: number, day: number): number => {
    const calendar = calendarOf(zone, year, 900_000);
    const from = calendarOf(zone, year, 86_400_000).fromMs;
    let count = 0;
    for (let index = 0; index < calendar.length; index += 1) {
      const local = zone.local(from + index * 900_000);
      if (local.month === month && local.day === day) count += 1;
    }
    return count;
  };
  expect([quartersOf(2025, 3, 30), quartersOf(2025, 10, 26), quartersOf(2024, 2, 29)]).toEqual([92, 100, 96]);
});

test('no to homes that are a daily sine with weekend and season', () => {
  const home = Float64Array.from({ length: quarters.length }, (_, index) => {
    const season = 1 + 0.15 * Math.cos((2 * Math.PI * (quarters.day[index] ?? 0)) / 365);
    const weekend = (quarters.weekday[index] ?? 0) >= 5 ? 1.1 : 1;
    return 0.4 * season * weekend * (1 + 0.45 * sine((quarters.hour[index] ?? 0) + 0.5, 19));
  });
  expect(missed(judgeManyHouseholds({ calendar: quarters, homes: [home, home] }))).toContain('autocorrelation, 12 h');
  expect(missed(judgeSingleHouseholds({ calendar: quarters, homes: [home, home] }))).toEqual(
    expect.arrayContaining(['skewness, least', 'coefficient of variation, least']),
  );
});

test('no to prices that are a sine with independent spikes', () => {
  const stream = createStream('spikes');
  const hourly = Float64Array.from({ length: hours.length }, (_, index) => {
    const spike = stream.uniform(index) < 0.017 ? 150 : stream.uniform(index, 1) < 0.055 ? -130 : 0;
    return 85 + 35 * sine((hours.hour[index] ?? 0) + 0.5, 19) + spike;
  });
  const solar = hourly.map((_, index) => Math.max(0, sine((hours.hour[index] ?? 0) + 0.5, 13)));
  const wrong = missed(judgePrices({ calendar: hours, hourly, solar, intradayMinusDayAhead: [0, 0] }));
  expect(wrong).toEqual(
    expect.arrayContaining([
      'negative runs',
      'negative runs, mean length, h',
      'runs above 200',
      'runs above 200, mean length, h',
      'hours above 200 from October to March',
      'autocorrelation, 1 h',
      'intraday minus day-ahead, deviation, EUR/MWh',
    ]),
  );
});

test('no to PV without weather, and to gaps that are single readings', () => {
  const perKwp = Float64Array.from({ length: quarters.length }, (_, index) =>
    Math.max(0, 0.45 * sine((quarters.hour[index] ?? 0) + 0.5, 13)),
  );
  expect(missed(judgePv({ calendar: quarters, perKwp }))).toEqual(
    expect.arrayContaining(['December by June', 'daily energy, coefficient of variation']),
  );
  const stream = createStream('gaps');
  const missing = Float64Array.from({ length: 100_000 }, (_, index) => (stream.uniform(index) < 0.01 ? 1 : 0));
  expect(missed(judgeGaps([{ missing, intervalS: 60, nullsMatch: true }]))).toEqual(
    expect.arrayContaining(['bursts of up to an hour, share', 'longer bursts, share']),
  );
});
