import { normalQuantile } from '../math/elementary.ts';
import { createScratch } from '../math/scratch.ts';
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
    return blend(left, right, position - index);
  };
}

/** Scaled so that the squares of the weights add up to 1: the variance is the same between grid points as on them. */
function blend(left: number, right: number, b: number): number {
  const a = 1 - b;
  return (left * a + right * b) / Math.sqrt(a * a + b * b);
}

/** One speed of a layered noise. */
export interface Layer {
  readonly periodMs: number;
  readonly weight: number;
}

/** Several smooth noises of different speeds, weighted and scaled back to standard deviation 1. */
export function layeredNoise(
  stream: RandomStream,
  layers: readonly Layer[],
  noise: typeof smoothNoise = smoothNoise,
): Noise {
  const norm = normOf(layers);
  const parts = layers.map((layer, lane) => ({
    noise: noise(stream, layer.periodMs, lane),
    weight: layer.weight / norm,
  }));
  return (tsMs) => parts.reduce((sum, part) => sum + part.weight * part.noise(tsMs), 0);
}

function normOf(layers: readonly Layer[]): number {
  return Math.sqrt(layers.reduce((sum, layer) => sum + layer.weight * layer.weight, 0));
}

/** Instants at equal distances: `fromMs`, `fromMs + stepMs`, … */
export interface Instants {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** Writes a noise at some instants to the beginning of `out`. */
export type NoiseFill = (out: Float64Array, instants: Instants) => void;

/** What `layeredNoise` says, for many instants in one go: several times as fast, for meters with many rows. */
export function noiseFill(stream: RandomStream, layers: readonly Layer[]): NoiseFill {
  const norm = normOf(layers);
  return (out, instants) => {
    out.fill(0, 0, instants.count);
    layers.forEach(({ periodMs, weight }, lane) => {
      addSmooth(out, instants, { stream, periodMs, weight: weight / norm, lane });
    });
  };
}

const knots = createScratch();

interface SmoothLayer extends Layer {
  readonly stream: RandomStream;
  readonly lane: number;
}

function addSmooth(out: Float64Array, { fromMs, stepMs, count }: Instants, layer: SmoothLayer): void {
  const { stream, periodMs, weight, lane } = layer;
  const first = Math.floor(fromMs / periodMs);
  const last = Math.floor((fromMs + (count - 1) * stepMs) / periodMs);
  const values = knots(last - first + 2);
  stream.fillNormals(values, first, last - first + 2, lane);
  for (let place = 0; place < count; place += 1) {
    const position = (fromMs + place * stepMs) / periodMs;
    const index = Math.floor(position);
    const value = blend(values[index - first] ?? 0, values[index - first + 1] ?? 0, position - index);
    out[place] = (out[place] ?? 0) + weight * value;
  }
}
