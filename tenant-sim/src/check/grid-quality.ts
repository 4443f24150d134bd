import { deviation, mean, runsOf, slope, type Column } from './statistics.ts';
import { judged, type Verdict } from './verdict.ts';

export interface GridSample {
  /** Net import (import minus feed-in), kW, and voltage, V, of the same quarter-hours of one meter. */
  readonly netKw: Column;
  readonly voltage: Column;
}

/** Judges means of the voltage over some minutes by EN 50160, and by how load pulls it down. */
export function judgeVoltage(meters: readonly GridSample[]): Verdict[] {
  const inside = meters.map(({ voltage }) => shareWithin(voltage, 207, 253));
  const means = meters.map(({ voltage }) => mean(voltage));
  const deviations = meters.map(({ voltage }) => deviation(voltage));
  const slopes = meters.map(({ netKw, voltage }) => slope(netKw, voltage));
  return judged('voltage', [
    ['share within 207-253 V, least', Math.min(...inside), 1, 1],
    ['mean, lowest, V', Math.min(...means), 228, 236],
    ['mean, highest, V', Math.max(...means), 228, 236],
    ['deviation, least, V', Math.min(...deviations), 1.5, 3],
    ['deviation, greatest, V', Math.max(...deviations), 1.5, 3],
    ['volts per kW of load, steepest', Math.min(...slopes), -1.5, -0.5],
    ['volts per kW of load, flattest', Math.max(...slopes), -1.5, -0.5],
  ]);
}

function shareWithin(values: Column, low: number, high: number): number {
  let inside = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (value >= low && value <= high) inside += 1;
  }
  return inside / values.length;
}

export interface GapSample {
  /** 1 where a reading is missing, else 0, at intervals of `intervalS` seconds. */
  readonly missing: Column;
  readonly intervalS: number;
  /** Whether every missing reading is without any value, and no other one. */
  readonly nullsMatch: boolean;
}

/** Judges how readings go missing: rarely, in bursts of every length, and without values. */
export function judgeGaps(samples: readonly GapSample[]): Verdict[] {
  const all = samples.reduce((sum, { missing }) => sum + missing.length, 0);
  const out = samples.reduce((sum, { missing }) => sum + mean(missing) * missing.length, 0);
  const lengths = samples.flatMap(({ missing, intervalS }) =>
    runsOf(missing.length, (index) => missing[index] === 1).map(({ length }) => length * intervalS),
  );
  const share = (low: number, high: number): number =>
    lengths.filter((length) => length > low && length <= high).length / lengths.length;
  return judged('gaps', [
    ['missing readings, share', out / all, 0.005, 0.03],
    ['bursts of up to a minute, share', share(0, 65), 0.6, 0.8],
    ['bursts of up to an hour, share', share(65, 3605), 0.17, 0.33],
    ['longer bursts, share', share(3605, Infinity), 0.02, 0.09],
    ['missing readings with a value, or others without', samples.filter(({ nullsMatch }) => !nullsMatch).length, 0, 0],
  ]);
}
