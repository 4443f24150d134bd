import type { Reading } from '@luna-iems/tenant-db';
import { SIM_SOURCE } from '../source.ts';
import type { Zone } from '../time/zone.ts';
import type { Place } from '../weather/sun.ts';
import type { Weather } from '../weather/weather.ts';
import { createHousehold } from './household.ts';
import { createOutages } from './outages.ts';
import { createPv } from './pv.ts';
import { createVoltage } from './voltage.ts';

export interface MeterOptions {
  readonly seed: string;
  readonly meterId: string;
  readonly intervalS: number;
  readonly medianKwh: number;
  readonly spread: number;
  /** 0 for a home without PV. */
  readonly pvKwp: number;
  readonly missingShare: number;
  readonly zone: Zone;
  readonly place: Place;
  readonly weather: Weather;
}

export interface Meter {
  readonly meterId: string;
  readonly intervalMs: number;
  /** The reading of the interval that starts at `tsMs`: always the same for the same options. */
  reading(tsMs: number): Reading;
}

/** Longer intervals are averaged from steps of at most this length, because import and feed-in may both happen within one. */
const STEP_MS = 60_000;

/** A two-way grid meter of one home. */
export function createMeter(options: MeterOptions): Meter {
  const { meterId, intervalS } = options;
  const intervalMs = intervalS * 1000;
  const load = createHousehold(options);
  const pv = options.pvKwp > 0 ? createPv({ ...options, kwp: options.pvKwp }) : (): number => 0;
  const voltage = createVoltage(options.seed, meterId);
  const outages = createOutages(options.seed, meterId, options.missingShare);
  const steps = Math.max(1, Math.ceil(intervalMs / STEP_MS));
  const stepMs = intervalMs / steps;

  const measured = (tsMs: number): Pick<Reading, 'consumptionKw' | 'productionKw' | 'voltage'> => {
    let imported = 0;
    let exported = 0;
    let volts = 0;
    for (let step = 0; step < steps; step += 1) {
      const from = tsMs + step * stepMs;
      const middle = from + stepMs / 2;
      const netKw = load(from, from + stepMs) - pv(middle);
      imported += Math.max(0, netKw);
      exported += Math.max(0, -netKw);
      volts += voltage(middle, netKw);
    }
    return {
      consumptionKw: round(imported / steps, 1000),
      productionKw: round(exported / steps, 1000),
      voltage: round(volts / steps, 10),
    };
  };
  const missing = { consumptionKw: null, productionKw: null, voltage: null };
  return {
    meterId,
    intervalMs,
    reading: (tsMs) => {
      const out = outages.mean(tsMs, tsMs + intervalMs) >= 0.5;
      const values = out ? missing : measured(tsMs);
      return { meterId, ts: new Date(tsMs), ...values, quality: out ? 'missing' : 'ok', source: SIM_SOURCE, intervalS };
    },
  };
}

function round(value: number, perUnit: number): number {
  return Math.round(value * perUnit) / perUnit;
}
