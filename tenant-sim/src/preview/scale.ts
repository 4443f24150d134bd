export interface Scale {
  readonly low: number;
  readonly high: number;
}

/** From zero, or from the lowest value where there are negative ones. */
export function scaleOf(...columns: readonly Float64Array[]): Scale {
  let low = 0;
  let high = 1e-9;
  for (const values of columns) {
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return { low, high };
}

/** Round numbers within a scale, at most `most` of them, at equal distances of 1, 2 or 5 times a power of ten. */
export function roundNumbers({ low, high }: Scale, most: number): number[] {
  const wide = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(wide));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= wide) ?? 10) * power;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, index) => (first + index) * step);
}
