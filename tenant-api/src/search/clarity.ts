import type { Legs } from './fuse.ts';

/** How clearly a search found something: what the legs' scores say among themselves, whatever the model and the language. */
export interface Clarity {
  /** How far the best candidate by words is ahead of those behind it: 0 when all are alike or there is none, near 1 when it is alone. */
  standsOut: number;
  /** One over the rank that the best candidate by words has by vectors; 0 when it is not among them. */
  agreement: number;
}

/** Candidates behind the best one that it is compared with. */
const BEHIND = 19;
/** What a missing candidate counts as, of the best one's score: few chunks, or a filter, prove nothing either way. */
const UNKNOWN = 0.5;

/** Pure: from both legs' candidates, best first. */
export function clarity({ lexical, dense }: Legs): Clarity {
  const [best, ...others] = lexical;
  if (best === undefined || best.score <= 0) return { standsOut: 0, agreement: 0 };
  const behind = others.slice(0, BEHIND);
  const known = behind.reduce((sum, hit) => sum + hit.score / best.score, 0);
  const rank = dense.findIndex((hit) => hit.id === best.id);
  return {
    standsOut: 1 - (known + (BEHIND - behind.length) * UNKNOWN) / BEHIND,
    agreement: rank < 0 ? 0 : 1 / (rank + 1),
  };
}
