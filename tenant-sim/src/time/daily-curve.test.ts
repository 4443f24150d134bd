import { expect, test } from 'vitest';
import { dailyCurve, yearlyCurve } from './daily-curve.ts';

const hourly = Array.from({ length: 24 }, (_, hour) => hour * hour);
const monthly = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

test('the middle of an hour has its value, the border the mean of both, midnight is no edge', () => {
  expect(dailyCurve(hourly, 7.5)).toBe(49);
  expect(dailyCurve(hourly, 8)).toBe((49 + 64) / 2);
  expect(dailyCurve(hourly, 0)).toBe(529 / 2);
  expect(dailyCurve(hourly, 23.999_999)).toBeCloseTo(529 / 2, 2);
});

test('the same for months, and 1 January follows 31 December', () => {
  expect(yearlyCurve(monthly, 365.25 / 24)).toBeCloseTo(1, 9);
  expect(yearlyCurve(monthly, 0)).toBeCloseTo(6.5, 9);
  expect(Math.abs(yearlyCurve(monthly, 365) - yearlyCurve(monthly, 0))).toBeLessThan(0.4);
});
