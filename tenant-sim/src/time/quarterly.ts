export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
export const QUARTER = 900_000;

/** A curve that is known at the quarter-hours since the epoch, by their number. */
export type Quarterly = (quarter: number) => number;

/** Writes such a curve at `count` quarter-hours from number `first` on to the beginning of `out`. */
export type QuarterlyFill = (out: Float64Array, first: number, count: number) => void;

const CHUNK = 2048;
/** More than a year of them: a megabyte a curve. */
const CHUNKS_KEPT = 24;

/**
 * Remembers a pure curve in pieces: the wall clock, the calendar and the weather are dear, and all meters ask for the same weeks.
 * A value depends on the quarter alone, whatever was asked before.
 */
export function quarterly(curve: Quarterly): Quarterly {
  const chunks = new Map<number, Float64Array>();
  let lastNumber = Number.NaN;
  let last: Float64Array = new Float64Array(0);
  return (quarter) => {
    const number = Math.floor(quarter / CHUNK);
    if (number !== lastNumber) {
      last = chunks.get(number) ?? keep(chunks, number);
      lastNumber = number;
    }
    const place = quarter - number * CHUNK;
    const known = last[place] ?? Number.NaN;
    return Number.isNaN(known) ? (last[place] = curve(quarter)) : known;
  };
}

/** NaN: not asked for yet. A live run asks for some quarter-hours only. */
function keep(chunks: Map<number, Float64Array>, number: number): Float64Array {
  const chunk = new Float64Array(CHUNK).fill(Number.NaN);
  const [oldest] = chunks.keys();
  if (chunks.size >= CHUNKS_KEPT && oldest !== undefined) chunks.delete(oldest);
  chunks.set(number, chunk);
  return chunk;
}
