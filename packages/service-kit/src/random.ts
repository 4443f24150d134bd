/** A source of numbers in [0, 1); jitter takes it as a dependency so that tests can fix it. */
export type RandomSource = () => number;

/** The machine's fast randomness: for jitter, never for secrets or privacy. */
export const systemRandom: RandomSource = () => Math.random();
