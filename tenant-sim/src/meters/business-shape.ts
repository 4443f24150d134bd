import { dailyCurve, yearlyCurve } from '../time/daily-curve.ts';
import type { DayType } from '../time/holidays.ts';
import type { LocalTime } from '../time/zone.ts';

/** Hourly shapes drawn after the published character of BDEW's G25 (not its table): a plateau in working hours, quiet nights and Sundays. */
const DAYS: Readonly<Record<DayType, readonly number[]>> = {
  workday: [50, 48, 47, 48, 52, 64, 95, 140, 176, 193, 198, 194, 186, 186, 184, 178, 160, 134, 110, 92, 80, 70, 60, 54],
  saturday: [48, 46, 45, 45, 47, 52, 62, 78, 96, 108, 113, 111, 105, 97, 88, 80, 74, 70, 67, 64, 60, 56, 52, 49],
  sunday: [47, 45, 44, 44, 44, 45, 48, 53, 59, 64, 67, 68, 67, 65, 63, 61, 60, 60, 60, 58, 55, 53, 50, 48],
};
const MONTH_FACTOR = [1.11, 1.1, 1.04, 0.98, 0.94, 0.93, 0.91, 0.9, 0.94, 0.99, 1.07, 1.1];
/** Mean of the table over a year of 250 workdays, 54 Saturdays and 61 Sundays. */
const meanOf = (row: readonly number[]): number => row.reduce((sum, value) => sum + value, 0) / row.length;
const MEAN = (250 * meanOf(DAYS.workday) + 54 * meanOf(DAYS.saturday) + 61 * meanOf(DAYS.sunday)) / 365;

/** Mean power of many small businesses at this local time on such a day, by their mean power over the year. */
export function businessShape(local: LocalTime, type: DayType): number {
  return (dailyCurve(DAYS[type], local.hour) / MEAN) * yearlyCurve(MONTH_FACTOR, local.dayOfYear);
}
