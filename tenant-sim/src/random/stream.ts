import { hash } from 'node:crypto';
import { philox } from './philox.ts';

/**
 * Random numbers addressed by a counter: asking twice for the same place gives the same number, whatever was asked in between.
 * `lane` (0, 1, 2, …) gives further independent numbers at the same place.
 */
export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(counter: number, lane?: number): number;
  /** Standard normal to within 5 standard deviations (a sum of eight uniforms: no engine-dependent function is in it). */
  normal(counter: number, lane?: number): number;
  /** Four independent words of 32 bits; the array is overwritten by the next call of any stream. */
  words(counter: number, lane?: number): Uint32Array;
  /** `words` at `count` counters from `first` on, four for each, one after the other in `out`. */
  fillWords(out: Uint32Array, first: number, count: number, lane?: number): void;
  /** `normal` at `count` counters from `first` on. */
  fillNormals(out: Float64Array, first: number, count: number, lane?: number): void;
}

export const TWO_32 = 4_294_967_296;
/** Mean and standard deviation of a sum of eight 16-bit words. */
const EIGHT_MEAN = 8 * 32_767.5;
const EIGHT_DEVIATION = Math.sqrt((8 * (TWO_32 - 1)) / 12);

/** The words that were drawn last, of whichever stream: meters have a dozen streams each. */
const words = new Uint32Array(4);

/** The stream with this name under a seed; names are parts like `meter`, `household-001`, `fridge`. */
export function createStream(seed: string, ...name: readonly string[]): RandomStream {
  const digest = hash('sha256', JSON.stringify([seed, ...name]), 'buffer');
  const key0 = digest.readUInt32LE(0);
  const key1 = digest.readUInt32LE(4);
  const draw = (out: Uint32Array, at: number, counter: number, lane: number): void => {
    out[at] = counter;
    out[at + 1] = Math.floor(counter / TWO_32);
    out[at + 2] = lane;
    out[at + 3] = 0;
    philox(out, key0, key1, at);
  };
  const wordsAt = (counter: number, lane = 0): Uint32Array => {
    draw(words, 0, counter, lane);
    return words;
  };
  return {
    uniform: (counter, lane = 0) => (wordsAt(counter, lane)[0] ?? 0) / TWO_32,
    normal: (counter, lane = 0) => normalOf(wordsAt(counter, lane)),
    words: wordsAt,
    fillWords: (out, first, count, lane = 0) => {
      for (let index = 0; index < count; index += 1) draw(out, 4 * index, first + index, lane);
    },
    fillNormals: (out, first, count, lane = 0) => {
      for (let index = 0; index < count; index += 1) {
        draw(words, 0, first + index, lane);
        out[index] = normalOf(words);
      }
    },
  };
}

function normalOf(words: Uint32Array): number {
  const sum = halves(words[0] ?? 0) + halves(words[1] ?? 0) + halves(words[2] ?? 0) + halves(words[3] ?? 0);
  return (sum - EIGHT_MEAN) / EIGHT_DEVIATION;
}

function halves(word: number): number {
  return (word & 0xffff) + (word >>> 16);
}
