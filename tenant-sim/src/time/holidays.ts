import type { LocalTime } from './zone.ts';

export type DayType = 'workday' | 'saturday' | 'sunday';

const DAY = 86_400_000;
/** German nationwide holidays with a fixed date, as month × 100 + day. */
const FIXED = new Set([101, 501, 1003, 1225, 1226]);
/** Those that move with Easter Sunday, in days: Good Friday, Easter Monday, Ascension, Whit Monday. */
const FROM_EASTER = new Set([-2, 1, 39, 50]);

/** Day number (since the epoch) of Easter Sunday, by the Gregorian computus (Meeus). */
export function easterDay(year: number): number {
  const a = year % 19;
  const century = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25) + 15) % 30;
  const e = (32 + 2 * (century % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = Math.floor((a + 11 * d + 22 * e) / 451);
  const n = d + e - 7 * f + 114;
  return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1) / DAY;
}

/** Profiles treat holidays as Sundays, and 24 and 31 December as Saturdays (usual practice of German grid operators). */
export function dayType(local: LocalTime): DayType {
  const code = local.month * 100 + local.day;
  if (local.weekday === 6 || isHoliday(local, code)) return 'sunday';
  if (local.weekday === 5 || code === 1224 || code === 1231) return 'saturday';
  return 'workday';
}

function isHoliday(local: LocalTime, code: number): boolean {
  if (FIXED.has(code)) return true;
  const today = Date.UTC(local.year, local.month - 1, local.day) / DAY;
  return FROM_EASTER.has(today - easterDay(local.year));
}
