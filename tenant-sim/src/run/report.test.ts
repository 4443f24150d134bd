import { expect, test } from 'vitest';
import { reportOf } from './report.ts';

const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));

test('a quarter of the way in ten seconds leaves thirty', () => {
  const progress = { rows: 50_000, rangeFrom: at(0), rangeTo: at(6) };
  expect(reportOf(progress, { nowMs: at(24).getTime(), elapsedMs: 10_000 })).toEqual({
    rows: 50_000,
    rowsPerSecond: 5_000,
    upTo: at(6),
    percent: 25,
    secondsLeft: 30,
  });
});

test('nothing written yet has no end in sight, and prices of tomorrow are not more than everything', () => {
  const nothing = { rows: 0, rangeFrom: null, rangeTo: null };
  expect(reportOf(nothing, { nowMs: 0, elapsedMs: 0 })).toMatchObject({ percent: 0, secondsLeft: null });
  const ahead = { rows: 96, rangeFrom: at(0), rangeTo: at(48) };
  expect(reportOf(ahead, { nowMs: at(24).getTime(), elapsedMs: 100 })).toMatchObject({ percent: 100, secondsLeft: 0 });
  expect(reportOf(ahead, { nowMs: at(0).getTime(), elapsedMs: 100 })).toMatchObject({ percent: 100 });
});
