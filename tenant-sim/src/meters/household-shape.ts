import { dailyCurve, yearlyCurve } from '../time/daily-curve.ts';
import { cos } from '../math/elementary.ts';
import type { DayType } from '../time/holidays.ts';
import type { LocalTime } from '../time/zone.ts';

/**
 * Hourly shapes drawn after the published character of BDEW's H25 (not its table): night trough at 3, noon shoulder, evening peak
 * that comes earlier and higher in winter. Each row is scaled to mean 1 below.
 */
const WINTER: Readonly<Record<DayType, readonly number[]>> = {
  workday: [72, 63, 57, 55, 57, 66, 84, 96, 97, 97, 99, 103, 108, 104, 100, 103, 115, 139, 155, 152, 138, 120, 104, 87],
  saturday: [
    76, 66, 59, 56, 56, 60, 68, 83, 98, 109, 114, 118, 121, 116, 111, 110, 117, 136, 150, 146, 130, 113, 100, 87,
  ],
  sunday: [78, 68, 60, 56, 55, 57, 62, 74, 92, 108, 118, 127, 131, 120, 110, 107, 114, 134, 151, 147, 131, 113, 98, 83],
};
const SUMMER: Readonly<Record<DayType, readonly number[]>> = {
  workday: [
    80, 70, 64, 61, 62, 70, 84, 94, 98, 101, 104, 109, 113, 109, 105, 105, 111, 122, 134, 140, 139, 132, 116, 97,
  ],
  saturday: [
    84, 73, 66, 62, 61, 63, 71, 85, 99, 108, 112, 117, 120, 115, 110, 108, 112, 121, 130, 134, 132, 127, 114, 98,
  ],
  sunday: [
    86, 75, 67, 62, 60, 61, 66, 77, 93, 107, 115, 125, 130, 120, 111, 107, 110, 119, 129, 134, 133, 127, 112, 94,
  ],
};
/** Mean of a day type by the mean of all days. */
const DAY_FACTOR: Readonly<Record<DayType, number>> = { workday: 0.953, saturday: 1.087, sunday: 1.125 };
const MONTH_FACTOR = [1.18, 1.15, 1.05, 0.99, 0.91, 0.87, 0.87, 0.87, 0.89, 0.98, 1.08, 1.17];

/** Homes that live at different times blur what they have in common; this makes up for it. */
const CONTRAST = 1.16;

function meanOf(row: readonly number[]): number {
  return row.reduce((sum, value) => sum + value, 0) / row.length;
}

function scaled(table: Readonly<Record<DayType, readonly number[]>>): Readonly<Record<DayType, readonly number[]>> {
  const one = (row: readonly number[]): number[] => row.map((value) => 1 + CONTRAST * (value / meanOf(row) - 1));
  return { workday: one(table.workday), saturday: one(table.saturday), sunday: one(table.sunday) };
}

const WINTER_SHAPE = scaled(WINTER);
const SUMMER_SHAPE = scaled(SUMMER);

/** Mean power of many households at this local time on such a day, by their mean power over the year. */
export function householdShape(local: LocalTime, type: DayType): number {
  const warmth = 0.5 - 0.5 * cos((2 * Math.PI * (local.dayOfYear - 10)) / 365.25);
  const winter = dailyCurve(WINTER_SHAPE[type], local.hour);
  const summer = dailyCurve(SUMMER_SHAPE[type], local.hour);
  return (winter + (summer - winter) * warmth) * DAY_FACTOR[type] * yearlyCurve(MONTH_FACTOR, local.dayOfYear);
}
