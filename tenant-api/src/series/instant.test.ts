import { expect, test } from 'vitest';
import { isTimeZone, midnight, readInstant } from './instant.ts';

const BERLIN = 'Europe/Berlin';
const iso = (text: string, zone?: string): string => {
  const read = readInstant(text, zone);
  return 'ms' in read ? new Date(read.ms).toISOString() : read.wrong;
};

test.each([
  ['2026-01-31T12:00:00Z', undefined, '2026-01-31T12:00:00.000Z'],
  ['2026-07-31T12:00:00+02:00', undefined, '2026-07-31T10:00:00.000Z'],
  ['2026-01-31T12:00', BERLIN, '2026-01-31T11:00:00.000Z'],
  ['2026-07-31 12:00:05', BERLIN, '2026-07-31T10:00:05.000Z'],
  ['2026-03-29T01:59', BERLIN, '2026-03-29T00:59:00.000Z'],
  ['2026-03-29T03:00', BERLIN, '2026-03-29T01:00:00.000Z'],
  ['2026-10-25T01:59', BERLIN, '2026-10-24T23:59:00.000Z'],
  ['2026-10-25T03:00', BERLIN, '2026-10-25T02:00:00.000Z'],
])('%s (%s) is %s', (text, zone, expected) => {
  expect(iso(text, zone)).toBe(expected);
});

test.each([
  ['2026-03-29T02:30', BERLIN, 'does not exist in Europe/Berlin'],
  ['2026-10-25T02:30', BERLIN, 'is there twice in Europe/Berlin: write it with its offset'],
  ['2026-01-31T12:00', undefined, 'has no offset'],
  ['31.01.2026 12:00', BERLIN, 'is no time; write'],
  ['2026-13-31T12:00:00Z', undefined, 'is no time'],
])('%s (%s) is refused: %s', (text, zone, sentence) => {
  expect(iso(text, zone)).toContain(sentence);
});

test('midnights of the days when the clocks change are 23 and 25 hours apart', () => {
  const hours = (day: string): number => {
    const ms = Date.parse(`${day}T12:00:00Z`);
    return (midnight(ms, BERLIN, 1) - midnight(ms, BERLIN)) / 3_600_000;
  };
  expect(['2026-03-29', '2026-10-25', '2026-06-01'].map(hours)).toEqual([23, 25, 24]);
  expect(new Date(midnight(Date.parse('2026-06-01T22:30:00Z'), BERLIN)).toISOString()).toBe('2026-06-01T22:00:00.000Z');
});

test('names of time zones', () => {
  expect([BERLIN, 'UTC', 'Europe/Bärlin', ''].map(isTimeZone)).toEqual([true, true, false, false]);
});
