import type { LocalTime } from './zone.ts';

export type DayType = 'workday' | 'saturday' | 'sunday';

const DAY = 86_400_000;
/** German nationwide holidays with a fixed date, as month × 100 + day. */
const FIXED = [101, 501, 1003, 1225, 1226];
/** Those that move with Easter Sunday, in days: Good Friday, Easter Monday, Ascension, Whit Monday. */
const FROM_EASTER = [-2, 1, 39, 50];
const REPENTANCE_DAY = 'repentance-day';

/** What each state adds: fixed dates, days from Easter Sunday, and Saxony's Wednesday before 23 November. */
const STATES: Readonly<Record<string, readonly (number | string)[]>> = {
  BW: [106, 1101, 'easter+60'],
  BY: [106, 815, 1101, 'easter+60'],
  BE: [308],
  BB: [1031, 'easter+0', 'easter+49'],
  HB: [1031],
  HH: [1031],
  HE: ['easter+60'],
  MV: [308, 1031],
  NI: [1031],
  NW: [1101, 'easter+60'],
  RP: [1101, 'easter+60'],
  SL: [815, 1101, 'easter+60'],
  SN: [1031, REPENTANCE_DAY],
  ST: [106, 1031],
  SH: [1031],
  TH: [920, 1031],
};

/** The states' letters by ISO 3166-2:DE. */
export const GERMAN_STATES: readonly string[] = Object.keys(STATES);

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

/**
 * Which profile a day has: holidays count as Sundays, and 24 and 31 December as Saturdays (usual practice of German grid operators).
 * `state` adds that state's holidays to the nationwide ones.
 */
export function dayKinds(state?: string): (local: LocalTime) => DayType {
  const extra = state === undefined ? [] : (STATES[state] ?? []);
  const fixed = new Set([...FIXED, ...extra.filter((entry) => typeof entry === 'number')]);
  const fromEaster = new Set([
    ...FROM_EASTER,
    ...extra.flatMap((entry) => (String(entry).startsWith('easter+') ? [Number(String(entry).slice(7))] : [])),
  ]);
  const repentance = extra.includes(REPENTANCE_DAY);
  const isHoliday = (local: LocalTime, code: number): boolean => {
    if (fixed.has(code)) return true;
    if (repentance && local.weekday === 2 && code >= 1116 && code <= 1122) return true;
    const today = Date.UTC(local.year, local.month - 1, local.day) / DAY;
    return fromEaster.has(today - easterDay(local.year));
  };
  return (local) => {
    const code = local.month * 100 + local.day;
    if (local.weekday === 6 || isHoliday(local, code)) return 'sunday';
    if (local.weekday === 5 || code === 1224 || code === 1231) return 'saturday';
    return 'workday';
  };
}
