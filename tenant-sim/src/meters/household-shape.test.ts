import { expect, test } from 'vitest';
import { dayKinds } from '../time/holidays.ts';
import { createZone } from '../time/zone.ts';
import { householdShape } from './household-shape.ts';

const zone = createZone('Europe/Berlin');
const QUARTER = 900_000;

/** A year of quarter-hours with their local time. */
const year = ((): { hour: number; month: number; weekend: boolean; value: number }[] => {
  const rows = [];
  const end = zone.addDays(Date.UTC(2025, 11, 31, 12), 1);
  for (let tsMs = zone.dayStart(Date.UTC(2025, 0, 1, 12)); tsMs < end; tsMs += QUARTER) {
    const local = zone.local(tsMs);
    rows.push({
      hour: Math.floor(local.hour),
      month: local.month,
      weekend: local.weekday >= 5,
      value: householdShape(local, dayKinds()(local)),
    });
  }
  return rows;
})();

const mean = (rows: readonly { value: number }[]): number =>
  rows.reduce((sum, row) => sum + row.value, 0) / rows.length;
const share = (from: number, to: number): number =>
  year.filter(({ hour }) => hour >= from && hour < to).reduce((sum, row) => sum + row.value, 0) /
  (mean(year) * year.length);

// The bands are those published for the mean household (BDEW H25 and the like), which a daily sine cannot meet all at once.
test('the shape of many households lies within the published bands', () => {
  const hourly = Array.from({ length: 24 }, (_, hour) => mean(year.filter((row) => row.hour === hour)));
  expect(mean(year)).toBeCloseTo(1, 1);
  expect(share(17, 21)).toBeGreaterThan(0.22);
  expect(share(17, 21)).toBeLessThan(0.26);
  expect(share(0, 6)).toBeGreaterThan(0.1);
  expect(share(0, 6)).toBeLessThan(0.18);
  expect([18, 19, 20]).toContain(hourly.indexOf(Math.max(...hourly)));
  expect([2, 3, 4]).toContain(hourly.indexOf(Math.min(...hourly)));
  const ratio = Math.max(...hourly) / Math.min(...hourly);
  expect(ratio).toBeGreaterThan(2.3);
  expect(ratio).toBeLessThan(4.3);
});

test('winter and weekends by summer and workdays', () => {
  const months = (...wanted: number[]): number => mean(year.filter(({ month }) => wanted.includes(month)));
  const winter = months(12, 1, 2) / months(6, 7, 8);
  expect(winter).toBeGreaterThan(1.25);
  expect(winter).toBeLessThan(1.45);
  const weekend = mean(year.filter((row) => row.weekend)) / mean(year.filter((row) => !row.weekend));
  expect(weekend).toBeGreaterThan(1.05);
  expect(weekend).toBeLessThan(1.2);
});

test('the shape has no jumps but those of the calendar', () => {
  const steps = year.slice(1).filter(({ hour }, index) => hour === year[index]?.hour);
  expect(steps.length).toBeGreaterThan(0);
  year.slice(1).forEach((row, index) => {
    const before = year[index];
    if (before !== undefined && row.hour !== 0 && row.hour - before.hour <= 1) {
      expect(Math.abs(row.value - before.value)).toBeLessThan(0.15);
    }
  });
});
