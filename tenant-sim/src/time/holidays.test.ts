import { expect, test } from 'vitest';
import { dayType, easterDay } from './holidays.ts';
import { createZone } from './zone.ts';

const typeOf = (day: string): string => dayType(createZone('Europe/Berlin').local(Date.parse(`${day}T12:00:00Z`)));

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
