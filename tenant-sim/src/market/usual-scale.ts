import { USUAL_SCARCITY } from '../generated/usual-scarcity.ts';
import type { World } from '../meters/world.ts';
import { DAY, HOUR, QUARTER, type Quarterly } from '../time/quarterly.ts';
import type { Zone } from '../time/zone.ts';

/** The shares of a quarter of a year at which scarcity is compared. */
export const SHARES = [
  0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95,
  0.97, 0.98, 0.99, 0.995, 0.998, 1,
];
const HOUR_QUARTERS = 4;
/** Around the border of two quarters of a year their scales are mixed for this long on each side. */
const MIXED_MS = 5 * DAY;
/** Between a workday and a day off the scales are mixed by what these times around are. */
const AROUND = [-3 * HOUR, -HOUR, HOUR, 3 * HOUR];

/** Scarcity at `SHARES` of a quarter of a year, of the hours of its workdays and of its days off. */
export interface Scale {
  readonly workdays: ArrayLike<number>;
  readonly daysOff: ArrayLike<number>;
}

type Calendar = Pick<World, 'zone' | 'dayType'>;

/**
 * Puts scarcity on the scale of a usual quarter of a year, workdays and days off each on their own: what is rare in this one becomes what is
 * usually rare in one. Power stations are built for what happens, so neither a windy spring makes negative prices the rule, nor do weekends
 * that happened to be calm. A pure function of the curve.
 */
export function onUsualScale(scarcity: Quarterly, calendar: Calendar): Quarterly {
  const { zone } = calendar;
  const known = new Map<number, Scale>();
  const scaleOf = (number: number): Scale => {
    const before = known.get(number);
    if (before !== undefined) return before;
    const found = scaleOfQuarter(scarcity, calendar, number);
    if (known.size > 64) known.clear();
    known.set(number, found);
    return found;
  };
  const usual = (number: number, workdays: number, value: number): number => {
    const own = scaleOf(number);
    const table = USUAL_SCARCITY[((number % 4) + 4) % 4] ?? own;
    const asWorkday = workdays > 0 ? workdays * along(value, own.workdays, table.workdays) : 0;
    return workdays < 1 ? asWorkday + (1 - workdays) * along(value, own.daysOff, table.daysOff) : asWorkday;
  };
  return (quarter) => {
    const tsMs = quarter * QUARTER;
    const value = scarcity(quarter);
    const local = zone.local(tsMs);
    const number = local.year * 4 + Math.floor((local.month - 1) / 3);
    const workdays = AROUND.filter((awayMs) => isWorkday(calendar, tsMs + awayMs)).length / AROUND.length;
    const since = tsMs - borderOf(zone, number);
    const until = borderOf(zone, number + 1) - tsMs;
    const here = usual(number, workdays, value);
    if (since < MIXED_MS) return mixed(usual(number - 1, workdays, value), here, since);
    return until < MIXED_MS ? mixed(usual(number + 1, workdays, value), here, until) : here;
  };
}

/** The scale of a quarter of a year, counted since year 0, from its hours. */
export function scaleOfQuarter(scarcity: Quarterly, calendar: Calendar, number: number): Scale {
  const end = borderOf(calendar.zone, number + 1) / QUARTER;
  const [workdays, daysOff]: [number[], number[]] = [[], []];
  for (let hour = borderOf(calendar.zone, number) / QUARTER; hour < end; hour += HOUR_QUARTERS) {
    const middle = hour + HOUR_QUARTERS / 2;
    (isWorkday(calendar, middle * QUARTER) ? workdays : daysOff).push(scarcity(middle));
  }
  return { workdays: atShares(workdays), daysOff: atShares(daysOff) };
}

function isWorkday({ dayType }: Calendar, tsMs: number): boolean {
  return dayType(tsMs) === 'workday';
}

/** Half of the other one on the border, none of it at the end of the mixed time. */
function mixed(other: number, here: number, awayMs: number): number {
  const share = 0.5 + (0.5 * awayMs) / MIXED_MS;
  return here * share + other * (1 - share);
}

/** When a quarter of a year, counted since year 0, begins. */
function borderOf(zone: Zone, number: number): number {
  return zone.dayStart(Date.UTC(Math.floor(number / 4), 3 * (((number % 4) + 4) % 4), 1, 12));
}

function atShares(values: readonly number[]): Float64Array {
  const ordered = Float64Array.from(values).sort();
  return Float64Array.from(SHARES, (share) => {
    const position = (ordered.length - 1) * share;
    const index = Math.floor(position);
    const left = ordered[index] ?? 0;
    return left + ((ordered[Math.min(ordered.length - 1, index + 1)] ?? 0) - left) * (position - index);
  });
}

/** The place of a value among `own`, found again among `usual`; beyond both ends as far away as it was. */
function along(value: number, own: ArrayLike<number>, usual: ArrayLike<number>): number {
  let index = 0;
  while (index < own.length && value > (own[index] ?? 0)) index += 1;
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [own[index - 1], own[index], usual[index - 1], usual[index]];
  if (index === 0) return y1 + (value - x1);
  return index === own.length ? y0 + (value - x0) : y0 + ((y1 - y0) * (value - x0)) / (x1 - x0);
}
