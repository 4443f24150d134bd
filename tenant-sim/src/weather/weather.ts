import { cos, exp } from '../math/elementary.ts';
import { evenNoise, layeredNoise, smoothNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import { DAY, HOUR, QUARTER, quarterly, type Quarterly } from '../time/quarterly.ts';
import { clearSky, sunAt, type Place } from './sun.ts';

/** The weather of the region at quarter-hours: one for all meters and markets, so that a sunny noon moves PV and prices together. */
export interface Weather {
  /** Direction of the sun. */
  readonly sunEast: Quarterly;
  readonly sunNorth: Quarterly;
  readonly sunUp: Quarterly;
  /** Irradiance on level ground under a clear sky, kW/m². */
  readonly clearSky: Quarterly;
  /** Share of it that comes through the clouds here, 0.08–1. */
  readonly clearness: Quarterly;
  /** The same as the mean of the country: passing clouds average out. */
  readonly countryClearness: Quarterly;
  /** Wind power of the country, mean 0, standard deviation about 1, skewed towards strong wind as the real one is; more in winter. */
  readonly wind: Quarterly;
  /** Air, °C. */
  readonly temperature: Quarterly;
}

const MIDNIGHT_TO_WARMEST = 15 * HOUR;

/**
 * One latent process: fronts that pass in days make clouds, wind and temperature together. Behind a front it is windy and broken; in a
 * high it is calm, clear in summer and grey, cold and still in winter.
 */
export function createWeather(seed: string, place: Place): Weather {
  const fronts = layeredNoise(
    createStream(seed, 'weather', 'fronts'),
    [
      { periodMs: 2.6 * DAY, weight: 1 },
      { periodMs: 14 * HOUR, weight: 0.5 },
    ],
    evenNoise,
  );
  const sky = layeredNoise(
    createStream(seed, 'weather', 'sky'),
    [
      { periodMs: 2.1 * DAY, weight: 1 },
      { periodMs: 8 * HOUR, weight: 0.5 },
    ],
    evenNoise,
  );
  const passing = smoothNoise(createStream(seed, 'weather', 'passing'), 1.5 * HOUR);
  const air = layeredNoise(
    createStream(seed, 'weather', 'air'),
    [
      { periodMs: 4 * DAY, weight: 1 },
      { periodMs: 12 * DAY, weight: 0.8 },
    ],
    evenNoise,
  );
  const sun = sunVectors(place);
  const openSky = (tsMs: number): number => 0.9 * sky(tsMs) - 0.45 * fronts(tsMs) + 0.1 + 0.46 * summer(tsMs);
  const clearness = quarterly((quarter) => {
    const tsMs = quarter * QUARTER;
    return through(openSky(tsMs) + 0.35 * passing(tsMs));
  });
  return {
    ...sun,
    clearSky: quarterly((quarter) => clearSky(sun.sunUp(quarter))),
    clearness,
    countryClearness: quarterly((quarter) => through(openSky(quarter * QUARTER))),
    wind: quarterly((quarter) => {
      const value = fronts(quarter * QUARTER) - 0.25 * summer(quarter * QUARTER);
      return (exp(0.45 * value) - exp(0.5 * 0.45 * 0.45)) / 0.54;
    }),
    temperature: quarterly((quarter) => {
      const tsMs = quarter * QUARTER;
      const day = cos((2 * Math.PI * (((tsMs + place.longitude * 240_000 - MIDNIGHT_TO_WARMEST) % DAY) + DAY)) / DAY);
      const swing = (2.2 + 1.2 * summer(tsMs)) * (0.4 + 1.2 * clearness(quarter));
      const spells = 3.4 * air(tsMs) + 0.9 * fronts(tsMs) * -summer(tsMs);
      return 10.2 + 9 * summer(tsMs - 28 * DAY) + swing * day + spells;
    }),
  };
}

function sunVectors(place: Place): Pick<Weather, 'sunEast' | 'sunNorth' | 'sunUp'> {
  const component = (name: 'east' | 'north' | 'up'): Quarterly =>
    quarterly((quarter) => sunAt(quarter * QUARTER, place)[name]);
  return { sunEast: component('east'), sunNorth: component('north'), sunUp: component('up') };
}

/** Share of the light that comes through, by how open the sky is: 0 is half open. */
function through(open: number): number {
  return 0.08 + 0.92 / (1 + exp(-1.6 * open));
}

const YEAR = 365.2425 * DAY;
const MIDSUMMER = Date.UTC(2000, 5, 21);

/** 1 at midsummer, -1 at midwinter. */
export function summer(tsMs: number): number {
  return cos((2 * Math.PI * ((tsMs - MIDSUMMER) % YEAR)) / YEAR);
}
