import { layeredNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The weather of the region: one for all meters and markets, so that a sunny noon moves PV and prices together. */
export interface Weather {
  /** Share of the clear-sky irradiance that reaches the ground, 0.1–1. */
  clearness(tsMs: number): number;
  /** Wind power, mean 0, standard deviation 1, skewed towards strong wind as the real one is. */
  wind(tsMs: number): number;
}

/** The sky changes over days and hours and is clearer in summer; wind comes in spells of days. */
export function createWeather(seed: string): Weather {
  const sky = layeredNoise(createStream(seed, 'weather', 'sky'), [
    { periodMs: 2.5 * DAY, weight: 1 },
    { periodMs: 9 * HOUR, weight: 0.6 },
    { periodMs: 1.5 * HOUR, weight: 0.35 },
  ]);
  const air = layeredNoise(createStream(seed, 'weather', 'wind'), [
    { periodMs: 3 * DAY, weight: 1 },
    { periodMs: 14 * HOUR, weight: 0.6 },
  ]);
  return {
    clearness: (tsMs) => 0.1 + 0.9 / (1 + Math.exp(-1.5 * (sky(tsMs) + 0.15 + 0.35 * summer(tsMs)))),
    wind: (tsMs) => {
      const value = air(tsMs);
      return (Math.exp(0.5 * value) - Math.exp(0.125)) / 0.6;
    },
  };
}

const YEAR = 365.2425 * DAY;
const MIDSUMMER = Date.UTC(2000, 5, 21);

/** 1 at midsummer, -1 at midwinter. */
export function summer(tsMs: number): number {
  return Math.cos((2 * Math.PI * (tsMs - MIDSUMMER)) / YEAR);
}
