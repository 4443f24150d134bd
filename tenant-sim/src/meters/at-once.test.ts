import { expect, test } from 'vitest';
import { createCompany } from './at-once.ts';
import type { Pulse } from './grid.ts';

const minutes = (from: number, to: number): Pulse => ({ from: from * 60_000, to: to * 60_000, kw: 2 });
const [HOB, OVEN, WASHER, DRYER] = [0, 1, 2, 3] as const;

test('two may run at once; the third is too much', () => {
  const company = createCompany();
  expect(company.isTooMuch(minutes(0, 10), HOB)).toBe(false);
  expect(company.isTooMuch(minutes(5, 15), OVEN)).toBe(false);
  expect(company.isTooMuch(minutes(9, 30), DRYER)).toBe(true);
  expect(company.isTooMuch(minutes(15, 20), WASHER)).toBe(false);
  expect(company.isTooMuch(minutes(30, 40), OVEN)).toBe(false);
});

test('the same one has a rest of a quarter-hour', () => {
  const company = createCompany();
  expect(company.isTooMuch(minutes(0, 10), HOB)).toBe(false);
  expect(company.isTooMuch(minutes(10, 20), OVEN)).toBe(false);
  expect(company.isTooMuch(minutes(24, 30), HOB)).toBe(true);
  expect(company.isTooMuch(minutes(45, 50), HOB)).toBe(false);
});

test('another home, or another time, begins alone', () => {
  const company = createCompany();
  expect(company.isTooMuch(minutes(0, 10), HOB)).toBe(false);
  company.forget();
  expect(company.isTooMuch(minutes(0, 10), HOB)).toBe(false);
});
