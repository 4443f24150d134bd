/** Plain statistics of columns of numbers. Empty columns give NaN. */
export type Column = ArrayLike<number>;

export function mean(values: Column): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] ?? 0;
  return sum / values.length;
}

/** Standard deviation of the whole population. */
export function deviation(values: Column): number {
  const middle = mean(values);
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += ((values[index] ?? 0) - middle) ** 2;
  return Math.sqrt(sum / values.length);
}

export function skewness(values: Column): number {
  const middle = mean(values);
  const width = deviation(values);
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += ((values[index] ?? 0) - middle) ** 3;
  return sum / values.length / width ** 3;
}

export function sorted(values: Column): Float64Array {
  const copy = new Float64Array(values.length);
  copy.set(values);
  return copy.sort();
}

/** The value below which `share` of the sorted column lies, linear between neighbours. */
export function quantile(ordered: Column, share: number): number {
  const position = (ordered.length - 1) * share;
  const index = Math.floor(position);
  const left = ordered[index] ?? Number.NaN;
  const right = ordered[Math.min(ordered.length - 1, index + 1)] ?? Number.NaN;
  return left + (right - left) * (position - index);
}

/** Correlation of a column with itself `lag` places later. */
export function autocorrelation(values: Column, lag: number): number {
  const middle = mean(values);
  let product = 0;
  let square = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = (values[index] ?? 0) - middle;
    square += value * value;
    if (index + lag < values.length) product += value * ((values[index + lag] ?? 0) - middle);
  }
  return product / square;
}

export function correlation(left: Column, right: Column): number {
  const a = mean(left);
  const b = mean(right);
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let index = 0; index < left.length; index += 1) {
    const x = (left[index] ?? 0) - a;
    const y = (right[index] ?? 0) - b;
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return product / Math.sqrt(squareA * squareB);
}

/** Slope of the straight line through (x, y). */
export function slope(x: Column, y: Column): number {
  return (correlation(x, y) * deviation(y)) / deviation(x);
}

/** Means of the values by group: groups are whole numbers from 0 to `groups` - 1. */
export function meansBy(values: Column, group: (index: number) => number, groups: number): Float64Array {
  const sums = new Float64Array(groups);
  const counts = new Float64Array(groups);
  for (let index = 0; index < values.length; index += 1) {
    const place = group(index);
    sums[place] = (sums[place] ?? 0) + (values[index] ?? 0);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return sums.map((sum, index) => sum / (counts[index] ?? 0));
}

/** Place of the greatest value. */
export function greatestAt(values: Column): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  return best;
}

/** Runs of neighbouring places for which `wanted` holds: where each begins and how long it is. */
export function runsOf(length: number, wanted: (index: number) => boolean): { start: number; length: number }[] {
  const runs: { start: number; length: number }[] = [];
  let start = -1;
  for (let index = 0; index <= length; index += 1) {
    const is = index < length && wanted(index);
    if (is && start < 0) start = index;
    if (is || start < 0) continue;
    runs.push({ start, length: index - start });
    start = -1;
  }
  return runs;
}
