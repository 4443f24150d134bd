import { expect, test } from 'vitest';
import { createCompany } from './at-once.ts';
import type { Pulse } from './grid.ts';

const minutes = (from: number, to: number): Pulse => ({ from: from * 60_000, to: to * 60_000, kw: 2 });
const [HOB, OVEN, WASHER, DRYER] = [0, 1, 2, 3] as const;

test('two may run at once; the third is too much', () => {
  const { isTooMuch } = createCompany();
  expect(isTooMuch(minutes(0, 10), HOB)).toBe(false);
  expect(isTooMuch(minutes(5, 15), OVEN)).toBe(false);
  expect(isTooMuch(minutes(9, 30), DRYER)).toBe(true);
  expect(isTooMuch(minutes(15, 20), WASHER)).toBe(false);
  expect(isTooMuch(minutes(30, 40), OVEN)).toBe(false);
});

test('the same one has a rest of a quarter-hour', () => {
  const { isTooMuch } = createCompany();
  expect(isTooMuch(minutes(0, 10), HOB)).toBe(false);
  expect(isTooMuch(minutes(10, 20), OVEN)).toBe(false);
  expect(isTooMuch(minutes(24, 30), HOB)).toBe(true);
  expect(isTooMuch(minutes(45, 50), HOB)).toBe(false);
});

test('another home, or another time, begins alone', () => {
  const { forget, isTooMuch } = createCompany();
  expect(isTooMuch(minutes(0, 10), HOB)).toBe(false);
  forget();
  expect(isTooMuch(minutes(0, 10), HOB)).toBe(false);
});
