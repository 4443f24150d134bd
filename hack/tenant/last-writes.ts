import { duration } from './table.ts';

/** The newest rows of meters and market, as ISO times. */
export interface LastWrites {
  readonly meter: string | null;
  readonly market: string | null;
}

/** Seconds since a moment, none where there is no moment. */
export const ageOf = (time: string | null, nowMs: number): number | undefined =>
  time === null ? undefined : Math.max(0, nowMs - Date.parse(time)) / 1_000;

/** When meters and market wrote last, as people say it. Prices are known for the future, so a last price may lie ahead. */
export function lastWritesText(writes: LastWrites, nowMs: number): string {
  const text = (time: string | null): string => {
    const age = ageOf(time, nowMs);
    if (age === undefined || time === null) return 'nothing yet';
    return Date.parse(time) > nowMs ? `until ${time.slice(0, 16).replace('T', ' ')} UTC` : `${duration(age)} ago`;
  };
  return `meters ${text(writes.meter)}, prices ${text(writes.market)}`;
}
