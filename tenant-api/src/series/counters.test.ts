import { expect, test } from 'vitest';
import { powerFromCounter } from './counters.ts';

const HOUR = 3_600_000;
const rise = { before: 100, beforeMs: 0, now: 102, fromMs: 0, toMs: HOUR };

test('the power is the rise over the time', () => {
  expect(powerFromCounter(rise)).toEqual({ kw: 2, exact: true });
  expect(powerFromCounter({ ...rise, toMs: HOUR / 4 })).toEqual({ kw: 8, exact: true });
  expect(powerFromCounter({ ...rise, now: 100 })).toEqual({ kw: 0, exact: true });
});

test('after a gap it is the mean since the counter before, and an estimate', () => {
  expect(powerFromCounter({ ...rise, fromMs: HOUR, toMs: 2 * HOUR })).toMatchObject({ kw: 1, exact: false });
});

test('a counter that fell began anew: what it shows was counted since, if that can be', () => {
  expect(powerFromCounter({ ...rise, now: 3 })).toMatchObject({ kw: 3, exact: false });
  const changed = powerFromCounter({ ...rise, before: 90_000, now: 5_000 });
  expect(changed.kw).toBeNull();
  expect(changed.note).toContain('fell from 90000 to 5000 kWh');
});

test('without a counter before, or with a newer one, nothing is known', () => {
  expect(powerFromCounter({ ...rise, before: null })).toMatchObject({ kw: null });
  expect(powerFromCounter({ ...rise, beforeMs: 2 * HOUR })).toMatchObject({ kw: null });
});
