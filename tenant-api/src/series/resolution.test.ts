import { expect, test } from 'vitest';
import { atLeastOwn, bucketsOf, choosePriceResolution, chooseResolution } from './resolution.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

test.each([
  [HOUR, 5, 'raw'],
  [6 * HOUR, 5, '1min'],
  [DAY, 1, '1min'],
  [14 * DAY, 5, '15min'],
  [60 * DAY, 5, '1h'],
  [365 * DAY, 5, '1d'],
  [14 * DAY, 900, 'raw'],
  [30 * DAY, 900, '1h'],
  [365 * DAY, 900, '1d'],
  [10 * 365 * DAY, 5, '1d'],
  [30 * DAY, null, '1h'],
] as const)('%i seconds of a meter with an interval of %s are shown by %s', (range, own, expected) => {
  expect(chooseResolution(range, own)).toBe(expected);
});

test('never finer than the meter reports', () => {
  expect(atLeastOwn('1min', 900)).toBe('15min');
  expect(atLeastOwn('15min', 3600)).toBe('1h');
  expect(atLeastOwn('1min', 5)).toBe('1min');
  expect(atLeastOwn('raw', 900)).toBe('raw');
  expect(atLeastOwn('1h', null)).toBe('1h');
});

test('prices: quarter-hours of a fortnight, hours of two months, days of a year', () => {
  expect([14, 60, 365].map((days) => choosePriceResolution(days * DAY, 900))).toEqual(['raw', '1h', '1d']);
});

test('buckets cover the range, days by local midnights', () => {
  const iso = (starts: number[]): string[] => starts.map((ms) => new Date(ms).toISOString());
  const range = { fromMs: Date.parse('2026-03-28T12:00:00Z'), toMs: Date.parse('2026-03-30T12:00:00Z'), limit: 10 };
  expect(iso(bucketsOf('1d', range))).toEqual([
    '2026-03-27T23:00:00.000Z',
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T22:00:00.000Z',
  ]);
  expect(bucketsOf('15min', { ...range, limit: 1_000 })).toHaveLength(192);
  expect(bucketsOf('1h', { ...range, limit: 3 })).toHaveLength(3);
});
