import { dayKinds, type DayType } from '../time/holidays.ts';
import { QUARTER, quarterly, type Quarterly } from '../time/quarterly.ts';
import type { Zone } from '../time/zone.ts';
import type { Place } from '../weather/sun.ts';
import { createWeather, type Weather } from '../weather/weather.ts';
import { businessShape } from './business-shape.ts';
import { householdShape } from './household-shape.ts';

/** What all meters and markets of a tenant share: the seed, the clock on the wall, the calendar and the weather. */
export interface World {
  readonly seed: string;
  readonly zone: Zone;
  readonly place: Place;
  readonly weather: Weather;
  readonly dayType: (tsMs: number) => DayType;
  /** Mean power of many households, of many small businesses, by their mean over the year, at quarter-hours. */
  readonly householdShape: Quarterly;
  readonly businessShape: Quarterly;
}

export interface WorldOptions {
  readonly seed: string;
  readonly zone: Zone;
  readonly place: Place;
  /** German state whose holidays count beside the nationwide ones, as its ISO 3166-2 letters; none when left out. */
  readonly state?: string | undefined;
}

export function createWorld({ seed, zone, place, state }: WorldOptions): World {
  const kindOf = dayKinds(state);
  return {
    seed,
    zone,
    place,
    weather: createWeather(seed, place),
    dayType: (tsMs) => kindOf(zone.local(tsMs)),
    householdShape: quarterly((quarter) => {
      const local = zone.local(quarter * QUARTER);
      return householdShape(local, kindOf(local));
    }),
    businessShape: quarterly((quarter) => {
      const local = zone.local(quarter * QUARTER);
      return businessShape(local, kindOf(local));
    }),
  };
}
