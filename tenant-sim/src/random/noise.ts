import { normalQuantile } from '../math/elementary.ts';
import type { RandomStream } from './stream.ts';

/** A random curve of time: mean 0, standard deviation 1, without state. */
export type Noise = (tsMs: number) => number;

/** Smooth noise that forgets itself over about `periodMs`: normal values on a grid, with the curve between them of constant variance. */
export function smoothNoise(stream: RandomStream, periodMs: number, lane = 0): Noise {
  return between((index) => stream.normal(index, lane), periodMs);
}

/** Values of a block that share out the normal distribution among them. */
const BLOCK = 16;

/**
 * Smooth noise whose extremes come evenly: of every sixteen grid values each lies in another sixteenth of the normal distribution.
 * Short stretches look like smooth noise; years differ less from each other than they would by pure chance.
 */
export function evenNoise(stream: RandomStream, periodMs: number, lane = 0): Noise {
  let block = Number.NaN;
  let values: Float64Array = new Float64Array(BLOCK);
  return between((index) => {
    const number = Math.floor(index / BLOCK);
    if (number !== block) {
      values = evenBlock(stream, number, lane);
      block = number;
    }
    return values[index - number * BLOCK] ?? 0;
  }, periodMs);
}

function evenBlock(stream: RandomStream, number: number, lane: number): Float64Array {
  const order = Array.from({ length: BLOCK }, (_, index) => index);
  for (let last = BLOCK - 1; last > 0; last -= 1) {
    const other = Math.floor(stream.uniform(number * BLOCK + last, lane) * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return Float64Array.from(order, (stratum, index) =>
    normalQuantile((stratum + stream.uniform(number * BLOCK + index, lane + 64)) / BLOCK),
  );
}

function between(valueAt: (index: number) => number, periodMs: number): Noise {
  let cell = Number.NaN;
  let left = 0;
  let right = 0;
  return (tsMs) => {
    const position = tsMs / periodMs;
    const index = Math.floor(position);
    if (index !== cell) {
      left = index === cell + 1 ? right : valueAt(index);
      right = valueAt(index + 1);
      cell = index;
    }
    // Scaled so that the squares of the weights add up to 1: the variance is the same between grid points as on them.
    const b = position - index;
    const a = 1 - b;
    return (left * a + right * b) / Math.sqrt(a * a + b * b);
  };
}

/** Several smooth noises of different speeds, weighted and scaled back to standard deviation 1. */
export function layeredNoise(
  stream: RandomStream,
  layers: readonly { readonly periodMs: number; readonly weight: number }[],
  noise: typeof smoothNoise = smoothNoise,
): Noise {
  const norm = Math.sqrt(layers.reduce((sum, layer) => sum + layer.weight * layer.weight, 0));
  const parts = layers.map((layer, lane) => ({
    noise: noise(stream, layer.periodMs, lane),
    weight: layer.weight / norm,
  }));
  return (tsMs) => parts.reduce((sum, part) => sum + part.weight * part.noise(tsMs), 0);
}
