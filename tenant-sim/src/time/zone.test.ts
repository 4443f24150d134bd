import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createZone } from './zone.ts';

const berlin = createZone('Europe/Berlin');
const QUARTER = 15 * 60_000;
const at = (iso: string): number => Date.parse(iso);

test('days of 23, 24 and 25 hours have 92, 96 and 100 quarter-hours', () => {
  const quarters = (noon: string): number => (berlin.addDays(at(noon), 1) - berlin.dayStart(at(noon))) / QUARTER;
  expect(quarters('2026-03-29T12:00:00Z')).toBe(92);
  expect(quarters('2026-03-30T12:00:00Z')).toBe(96);
  expect(quarters('2026-10-25T12:00:00Z')).toBe(100);
  expect(quarters('2024-02-29T12:00:00Z')).toBe(96);
});

test('the wall clock jumps in spring and repeats an hour in autumn', () => {
  const hours = (iso: string): number => berlin.local(at(iso)).hour;
  expect([hours('2026-03-29T00:59:00Z'), hours('2026-03-29T01:00:00Z')]).toEqual([1 + 59 / 60, 3]);
  expect([hours('2026-10-25T00:30:00Z'), hours('2026-10-25T01:30:00Z')]).toEqual([2.5, 2.5]);
});

test('local fields', () => {
  expect(berlin.local(at('2026-01-31T23:30:00Z'))).toEqual({
    year: 2026,
    month: 2,
    day: 1,
    weekday: 6,
    hour: 0.5,
    dayOfYear: 31,
  });
  expect(berlin.local(at('2024-12-31T12:00:00Z')).dayOfYear).toBe(365);
  expect(createZone('Asia/Kolkata').local(at('2026-01-01T00:00:00Z')).hour).toBe(5.5);
});

test('an hour of the wall clock is found on long and short days', () => {
  expect(berlin.atHour(at('2026-07-01T12:00:00Z'), 12 + 55 / 60)).toBe(at('2026-07-01T10:55:00Z'));
  expect(berlin.atHour(at('2026-03-29T00:10:00Z'), 12 + 55 / 60)).toBe(at('2026-03-29T10:55:00Z'));
  expect(berlin.atHour(at('2026-10-25T00:10:00Z'), 12 + 55 / 60)).toBe(at('2026-10-25T11:55:00Z'));
});

test('property: every instant lies within its own day, days follow each other, and order of asking does not matter', () => {
  const instants = fc.array(fc.integer({ min: at('1995-01-01T00:00:00Z'), max: at('2045-01-01T00:00:00Z') }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(instants, (times) => {
      for (const time of times) {
        const start = berlin.dayStart(time);
        const next = berlin.addDays(time, 1);
        expect(start).toBeLessThanOrEqual(time);
        expect(next).toBeGreaterThan(time);
        expect(berlin.local(start).hour).toBe(0);
        expect(berlin.addDays(start, -1)).toBe(berlin.dayStart(start - 1));
        expect(berlin.local(time)).toEqual(createZone('Europe/Berlin').local(time));
      }
    }),
    { numRuns: 50 },
  );
});

test('a zone that does not exist is an error', () => {
  expect(() => createZone('Europe/Atlantis')).toThrow(RangeError);
});
