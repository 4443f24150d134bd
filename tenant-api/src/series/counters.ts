/** Two counters of a meter at the end of an interval. */
export interface Counters {
  /** End of the interval that they close, ms since the epoch. */
  readonly atMs: number;
  readonly importKwh: number | null;
  readonly exportKwh: number | null;
}

/** What two readings of a counter say about the time between them. */
export interface Derived {
  /** Mean power, kW; null when nothing can be said. */
  readonly kw: number | null;
  /** False where the time between them is longer than the interval, or the counter began anew: then it is an estimate. */
  readonly exact: boolean;
  readonly note?: string;
}

/** A meter that was changed for another one starts with what that one counted before; above this it was not drawn here, kW. */
const PLAUSIBLE_KW = 1000;

interface Rise {
  readonly before: number | null;
  readonly beforeMs: number;
  readonly now: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Mean power over an interval from the counter at its end and the one before. A counter that fell was reset: what it shows now was
 * counted since, so far as that is plausible.
 */
export function powerFromCounter({ before, beforeMs, now, fromMs, toMs }: Rise): Derived {
  if (before === null)
    return { kw: null, exact: false, note: 'there is no counter before it, so its power is not known' };
  const hours = (toMs - beforeMs) / 3_600_000;
  if (hours <= 0) return { kw: null, exact: false, note: 'an older reading than the counters that are known' };
  const fell = now < before;
  const kw = (fell ? now : now - before) / hours;
  if (!fell) return beforeMs === fromMs ? { kw, exact: true } : { kw, exact: false, note: gapNote(beforeMs) };
  const what = `the counter fell from ${before} to ${now} kWh (meter changed or rolled over)`;
  if (kw > PLAUSIBLE_KW) return { kw: null, exact: false, note: `${what}, and what it shows was not counted here` };
  return { kw, exact: false, note: `${what}; the power is that of what it counted since` };
}

function gapNote(beforeMs: number): string {
  return `the counter before it is of ${new Date(beforeMs).toISOString()}; the power is the mean since then`;
}
