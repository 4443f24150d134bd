import { createHash } from 'node:crypto';
import { philox } from './philox.ts';

/**
 * Random numbers addressed by a counter: asking twice for the same place gives the same number, whatever was asked in between.
 * `lane` (0, 1, 2, …) gives further independent numbers at the same place.
 */
export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(counter: number, lane?: number): number;
  /** Standard normal. */
  normal(counter: number, lane?: number): number;
}

const TWO_32 = 2 ** 32;

/** The stream with this name under a seed; names are parts like `meter`, `household-001`, `fridge`. */
export function createStream(seed: string, ...name: readonly string[]): RandomStream {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...name]))
    .digest();
  const key0 = digest.readUInt32LE(0);
  const key1 = digest.readUInt32LE(4);
  const words = new Uint32Array(4);
  const draw = (counter: number, lane: number): void => {
    words[0] = counter >>> 0;
    words[1] = Math.floor(counter / TWO_32) >>> 0;
    words[2] = lane;
    words[3] = 0;
    philox(words, key0, key1);
  };
  return {
    uniform: (counter, lane = 0) => {
      draw(counter, lane);
      return (words[0] ?? 0) / TWO_32;
    },
    normal: (counter, lane = 0) => {
      draw(counter, lane);
      // Box–Muller; the +1 keeps the logarithm away from zero.
      const radius = Math.sqrt(-2 * Math.log(((words[0] ?? 0) + 1) / (TWO_32 + 1)));
      return radius * Math.cos((2 * Math.PI * (words[1] ?? 0)) / TWO_32);
    },
  };
}
