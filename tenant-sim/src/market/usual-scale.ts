import { USUAL_SCARCITY } from './scarcity-table.ts';
import { DAY, QUARTER, type Quarterly } from '../time/quarterly.ts';
import type { Zone } from '../time/zone.ts';

/** The shares of a quarter of a year at which scarcity is compared. */
const SHARES = [
  0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95,
  0.97, 0.98, 0.99, 0.995, 0.998, 1,
];
const HOUR_QUARTERS = 4;
/** Around the border of two quarters of a year their scales are mixed for this long on each side. */
const MIXED_MS = 5 * DAY;

/**
 * Puts scarcity on the scale of a usual quarter of a year: what is rare in this one becomes what is usually rare in one. Power stations
 * are built for what happens, so a windy spring does not make negative prices the rule. A pure function of the curve.
 */
export function onUsualScale(scarcity: Quarterly, zone: Zone): Quarterly {
  const known = new Map<number, Float64Array>();
  const ownShares = (number: number): Float64Array => {
    const before = known.get(number);
    if (before !== undefined) return before;
    const found = sharesOf(scarcity, borderOf(zone, number), borderOf(zone, number + 1));
    if (known.size > 64) known.clear();
    known.set(number, found);
    return found;
  };
  const usual = (number: number, value: number): number =>
    along(value, ownShares(number), USUAL_SCARCITY[((number % 4) + 4) % 4] ?? []);
  return (quarter) => {
    const tsMs = quarter * QUARTER;
    const value = scarcity(quarter);
    const local = zone.local(tsMs);
    const number = local.year * 4 + Math.floor((local.month - 1) / 3);
    const since = tsMs - borderOf(zone, number);
    const until = borderOf(zone, number + 1) - tsMs;
    const here = usual(number, value);
    if (since < MIXED_MS) return mixed(usual(number - 1, value), here, since);
    return until < MIXED_MS ? mixed(usual(number + 1, value), here, until) : here;
  };
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

function sharesOf(scarcity: Quarterly, fromMs: number, toMs: number): Float64Array {
  const length = Math.round((toMs - fromMs) / (HOUR_QUARTERS * QUARTER));
  const first = Math.round(fromMs / QUARTER) + HOUR_QUARTERS / 2;
  const values = Float64Array.from({ length }, (_, index) => scarcity(first + index * HOUR_QUARTERS)).sort();
  return Float64Array.from(SHARES, (share) => {
    const position = (length - 1) * share;
    const index = Math.floor(position);
    const left = values[index] ?? 0;
    return left + ((values[Math.min(length - 1, index + 1)] ?? 0) - left) * (position - index);
  });
}

/** The place of a value among `own`, found again among `usual`; beyond both ends on the same lines. */
function along(value: number, own: ArrayLike<number>, usual: ArrayLike<number>): number {
  let index = 1;
  while (index < own.length - 1 && value > (own[index] ?? 0)) index += 1;
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [own[index - 1], own[index], usual[index - 1], usual[index]];
  return x1 === x0 ? y0 : y0 + ((y1 - y0) * (value - x0)) / (x1 - x0);
}
