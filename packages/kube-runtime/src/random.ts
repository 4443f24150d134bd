/** A number in [0, 1), as a dependency. */
export type Random = () => number;

/** The runtime's own generator; good for jitter, not for secrets. */
export const systemRandom: Random = () => Math.random();

/** `value` moved by at most `share` of itself, either way. */
export function jitter(value: number, share: number, random: Random): number {
  return value * (1 + share * (2 * random() - 1));
}
