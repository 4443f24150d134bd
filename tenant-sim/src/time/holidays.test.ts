import { expect, test } from 'vitest';
import { dayKinds, easterDay } from './holidays.ts';
import { createZone } from './zone.ts';

const typeOf = (day: string, state?: string): string =>
  dayKinds(state)(createZone('Europe/Berlin').local(Date.parse(`${day}T12:00:00Z`)));

test.each([
  [2024, '2024-03-31'],
  [2025, '2025-04-20'],
  [2026, '2026-04-05'],
  [2038, '2038-04-25'],
  [2285, '2285-03-22'],
])('Easter of %i', (year, day) => {
  expect(new Date(easterDay(year) * 86_400_000).toISOString().slice(0, 10)).toBe(day);
});

test.each([
  ['2026-11-23', 'workday'],
  ['2026-11-21', 'saturday'],
  ['2026-11-22', 'sunday'],
  ['2026-01-01', 'sunday'],
  ['2026-04-03', 'sunday'],
  ['2026-04-06', 'sunday'],
  ['2026-05-14', 'sunday'],
  ['2026-05-25', 'sunday'],
  ['2026-10-03', 'sunday'],
  ['2026-12-24', 'saturday'],
  ['2026-12-25', 'sunday'],
  ['2026-12-31', 'saturday'],
])('%s counts as a %s', (day, type) => {
  expect(typeOf(day)).toBe(type);
});

test.each([
  ['2026-01-06', 'BY', 'sunday'],
  ['2026-01-06', 'NW', 'workday'],
  ['2026-06-04', 'NW', 'sunday'],
  ['2026-06-04', undefined, 'workday'],
  ['2026-11-18', 'SN', 'sunday'],
  ['2026-11-18', 'ST', 'workday'],
  ['2027-11-17', 'SN', 'sunday'],
  ['2026-10-31', 'TH', 'sunday'],
  ['2026-10-31', 'BE', 'saturday'],
])('%s in %s counts as a %s', (day, state, type) => {
  expect(typeOf(day, state)).toBe(type);
});
