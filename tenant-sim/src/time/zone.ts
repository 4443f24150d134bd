/** What the clock on the wall says at an instant. */
export interface LocalTime {
  readonly year: number;
  /** 1–12. */
  readonly month: number;
  readonly day: number;
  /** 0 Monday … 6 Sunday. */
  readonly weekday: number;
  /** Hours since local midnight by the wall clock, with fraction: 0 ≤ hour < 24. */
  readonly hour: number;
  /** 0 on 1 January … 365. */
  readonly dayOfYear: number;
}

/** A time zone with its summer time. */
export interface Zone {
  local(tsMs: number): LocalTime;
  /** The instant at which the local day containing `tsMs` began. */
  dayStart(tsMs: number): number;
  /** Start of the day that is `days` after (or before) the local day containing `tsMs`. */
  addDays(tsMs: number, days: number): number;
  /** The instants at which the wall clock shows this date and time (given as if it were UTC): none, one or two, in order. */
  instants(wallMs: number): readonly number[];
  /** The instant at which the wall clock shows this hour of the local day containing `tsMs`. */
  atHour(tsMs: number, hour: number): number;
}

const QUARTER = 15 * 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Throws a RangeError for a name that is not in the time-zone database. */
export function createZone(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const wallMs = (tsMs: number): number => {
    const part = Object.fromEntries(format.formatToParts(tsMs).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  // Intl is too slow to ask for each row. A day that begins and ends with the same offset has no other within it, and no zone changes
  // its offset within a quarter of an hour.
  const atDay = remembered((day) => wallMs(day * DAY) - day * DAY);
  const atQuarter = remembered((quarter) => wallMs(quarter * QUARTER) - quarter * QUARTER);
  const offsetAt = (tsMs: number): number => {
    const day = Math.floor(tsMs / DAY);
    const offset = atDay(day);
    return offset === atDay(day + 1) ? offset : atQuarter(Math.floor(tsMs / QUARTER));
  };
  /** The instant at which the wall clock shows `wall`; the earlier one where it shows it twice. */
  const instantOf = (wall: number): number => {
    const before = wall - offsetAt(wall - DAY);
    if (before + offsetAt(before) === wall) return before;
    return wall - offsetAt(wall + DAY);
  };
  const instants = (wall: number): number[] =>
    [...new Set([wall - offsetAt(wall - DAY), wall - offsetAt(wall + DAY)])]
      .filter((tsMs) => tsMs + offsetAt(tsMs) === wall)
      .sort((a, b) => a - b);
  const wallDay = (tsMs: number): number => Math.floor((tsMs + offsetAt(tsMs)) / DAY) * DAY;
  return {
    instants,
    local: (tsMs) => localTime(tsMs + offsetAt(tsMs)),
    dayStart: (tsMs) => instantOf(wallDay(tsMs)),
    addDays: (tsMs, days) => instantOf(wallDay(tsMs) + days * DAY),
    atHour: (tsMs, hour) => instantOf(wallDay(tsMs) + hour * HOUR),
  };
}

const MOST_REMEMBERED = 5_000;

function remembered(ask: (place: number) => number): (place: number) => number {
  const known = new Map<number, number>();
  return (place) => {
    const before = known.get(place);
    if (before !== undefined) return before;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const value = ask(place);
    known.set(place, value);
    return value;
  };
}

function localTime(wall: number): LocalTime {
  const date = new Date(wall);
  const year = date.getUTCFullYear();
  const midnight = Math.floor(wall / DAY) * DAY;
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: (date.getUTCDay() + 6) % 7,
    hour: (wall - midnight) / HOUR,
    dayOfYear: Math.round((midnight - Date.UTC(year, 0, 1)) / DAY),
  };
}
