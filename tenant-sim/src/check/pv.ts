import type { Calendar } from './calendar.ts';
import { deviation, greatestAt, mean, meansBy, type Column } from './statistics.ts';
import { judged, type Verdict } from './verdict.ts';

export interface PvYear {
  /** Of the quarter-hours. */
  readonly calendar: Calendar;
  /** Power of all roofs together by their nominal power, kW/kWp. */
  readonly perKwp: Column;
}

/** Judges a year of PV against Germany's published months and hours, and against the yield of single sites. */
export function judgePv({ calendar, perKwp }: PvYear): Verdict[] {
  const hoursPerStep = calendar.stepMs / 3_600_000;
  const months = sums(perKwp, (index) => (calendar.month[index] ?? 1) - 1, 12).map((sum) => sum * hoursPerStep);
  const year = months.reduce((sum, value) => sum + value, 0);
  const days = sums(perKwp, (index) => calendar.day[index] ?? 0, 366)
    .map((sum) => sum * hoursPerStep)
    .slice(0, (calendar.day[calendar.length - 1] ?? 0) + 1);
  const hours = meansBy(perKwp, (index) => calendar.hour[index] ?? 0, 24);
  const hourSum = hours.reduce((sum, value) => sum + value, 0);
  const [january = 0, , , , may = 0, june = 0, july = 0, , , , november = 0, december = 0] = months;
  return judged('pv', [
    ['yield of the year, kWh/kWp', year, 900, 1150],
    ['January, kWh/kWp', january, 20, 40],
    ['mean day of May to July, kWh/kWp', (may + june + july) / 92, 4, 6],
    ['mean day of November and December, kWh/kWp', (november + december) / 61, 0.5, 2],
    ['share of April to September', months.slice(3, 9).reduce((sum, value) => sum + value, 0) / year, 0.7, 0.78],
    ['December by June', december / june, 0.1, 0.25],
    ['share of 10-16 h', hours.slice(10, 16).reduce((sum, value) => sum + value, 0) / hourSum, 0.66, 0.74],
    ['strongest hour', greatestAt(hours), 11, 13],
    ['most between 23 and 3 h, kW/kWp', Math.max(...[23, 0, 1, 2].map((hour) => hours[hour] ?? 0)), 0, 0],
    ['daily energy, coefficient of variation', deviation(days) / mean(days), 0.55, 0.8],
  ]);
}

function sums(values: Column, group: (index: number) => number, groups: number): number[] {
  const found = new Array<number>(groups).fill(0);
  for (let index = 0; index < values.length; index += 1) {
    const place = group(index);
    found[place] = (found[place] ?? 0) + (values[index] ?? 0);
  }
  return found;
}
