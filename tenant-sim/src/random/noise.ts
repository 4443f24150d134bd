import type { RandomStream } from './stream.ts';

/** A random curve of time: mean 0, standard deviation 1, without state. */
export type Noise = (tsMs: number) => number;

/** Smooth noise that forgets itself over about `periodMs`: normal values on a grid, with the curve between them of constant variance. */
export function smoothNoise(stream: RandomStream, periodMs: number, lane = 0): Noise {
  let cell = Number.NaN;
  let left = 0;
  let right = 0;
  return (tsMs) => {
    const position = tsMs / periodMs;
    const index = Math.floor(position);
    if (index !== cell) {
      cell = index;
      left = stream.normal(index, lane);
      right = stream.normal(index + 1, lane);
    }
    // Cosine and sine as weights: their squares add up to 1, so the variance is the same between grid points as on them.
    const angle = ((position - index) * Math.PI) / 2;
    return left * Math.cos(angle) + right * Math.sin(angle);
  };
}

/** Several smooth noises of different speeds, weighted and scaled back to standard deviation 1. */
export function layeredNoise(
  stream: RandomStream,
  layers: readonly { readonly periodMs: number; readonly weight: number }[],
): Noise {
  const norm = Math.sqrt(layers.reduce((sum, layer) => sum + layer.weight ** 2, 0));
  const parts = layers.map((layer, lane) => ({
    noise: smoothNoise(stream, layer.periodMs, lane),
    weight: layer.weight / norm,
  }));
  return (tsMs) => parts.reduce((sum, part) => sum + part.weight * part.noise(tsMs), 0);
}
