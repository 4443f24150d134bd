import type { Zone } from '../time/zone.ts';

/** The steps of a year by the wall clock. */
export interface Calendar {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly length: number;
  /** Whole hour of the day, 0–23. */
  readonly hour: Uint8Array;
  /** 0 Monday … 6 Sunday. */
  readonly weekday: Uint8Array;
  /** 1–12. */
  readonly month: Uint8Array;
  /** Days since the first one. */
  readonly day: Uint16Array;
}

/** The local year as steps of this length. */
export function calendarOf(zone: Zone, year: number, stepMs: number): Calendar {
  const fromMs = zone.dayStart(Date.UTC(year, 0, 1, 12));
  const toMs = zone.addDays(Date.UTC(year, 11, 31, 12), 1);
  const length = Math.round((toMs - fromMs) / stepMs);
  const calendar = {
    fromMs,
    stepMs,
    length,
    hour: new Uint8Array(length),
    weekday: new Uint8Array(length),
    month: new Uint8Array(length),
    day: new Uint16Array(length),
  };
  for (let index = 0; index < length; index += 1) {
    const local = zone.local(fromMs + index * stepMs);
    calendar.hour[index] = Math.floor(local.hour);
    calendar.weekday[index] = local.weekday;
    calendar.month[index] = local.month;
    calendar.day[index] = local.dayOfYear;
  }
  return calendar;
}
