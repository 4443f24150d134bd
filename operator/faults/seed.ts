/** A generator that gives the same numbers for the same seed. */
export interface Dice {
  readonly seed: number;
  /** From 0 up to, not including, 1. */
  next(): number;
  /** An integer from 0 up to, not including, `below`. */
  below(below: number): number;
  /** One of them. Throws RangeError on none. */
  pick<T>(list: readonly T[]): T;
  /** At most `count` of them, in their order. */
  sample<T>(list: readonly T[], count: number): T[];
  shuffle<T>(list: readonly T[]): T[];
}

/** How much is tried: `quick` a sample within a minute or two, `full` a large one, `all` every crash point, call, field and event. */
export type Size = 'quick' | 'full' | 'all';

/** The run's size: LUNA_FAULT_SIZE, quick when it says nothing. */
export const size: Size = sizeOf(process.env['LUNA_FAULT_SIZE'] ?? 'quick');

function sizeOf(asked: string): Size {
  if (asked === 'quick' || asked === 'full' || asked === 'all') return asked;
  throw new RangeError(`LUNA_FAULT_SIZE is quick, full or all, not ${asked}`);
}

/** What a run of this size takes. */
export const bySize = <T>(choices: Readonly<Record<Size, T>>): T => choices[size];

/** The run's seeds: LUNA_FAULT_SEED (several with commas), or the fixed ones of the suite. */
export const seeds: readonly number[] = (process.env['LUNA_FAULT_SEED'] ?? '20261').split(',').map(Number);

/** Mulberry32. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const shuffle = <T>(list: readonly T[]): T[] =>
    list
      .map((value) => ({ value, rank: next() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ value }) => value);
  return {
    seed,
    next,
    below,
    shuffle,
    pick(list) {
      if (list.length === 0) throw new RangeError('nothing to pick from');
      return list[below(list.length)] as (typeof list)[number];
    },
    sample(list, count) {
      if (list.length <= count) return [...list];
      const chosen = new Set(shuffle(list.map((_, index) => index)).slice(0, count));
      return list.filter((_, index) => chosen.has(index));
    },
  };
}
