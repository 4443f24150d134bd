import { QUARTER } from '../time/quarterly.ts';
import type { Pulse } from './grid.ts';

/** So many of the big appliances run at the same time. */
const AT_ONCE = 2;
/** For so long at least an appliance is left alone after its use. */
const REST = QUARTER;
/** More than that can meet. */
const REMEMBERED = 8;

/**
 * Few people bake, wash and dry all at once, and nobody bakes twice at once. Compared are the times at which things would be switched on by
 * themselves: no wait follows from another wait, so that what a home does depends on the last hours only, wherever one begins to look.
 */
export interface Company {
  /** Forgets what was there, for another home or another time. */
  forget(): void;
  /** Whether a use of an appliance would meet itself, or as many others as may run; uses come in the order of their quarter-hours. */
  isTooMuch(use: Pulse, appliance: number): boolean;
}

export function createCompany(): Company {
  const from = new Float64Array(REMEMBERED);
  const to = new Float64Array(REMEMBERED).fill(-Infinity);
  const appliances = new Uint8Array(REMEMBERED);
  let next = 0;
  return {
    forget: () => {
      to.fill(-Infinity);
    },
    isTooMuch: (use, appliance) => {
      let met = 0;
      for (let place = 0; place < REMEMBERED; place += 1) {
        const isSame = appliances[place] === appliance;
        const free = (to[place] ?? 0) + (isSame ? REST : 0);
        if ((from[place] ?? 0) < use.to && free > use.from) met += isSame ? AT_ONCE : 1;
      }
      from[next] = use.from;
      to[next] = use.to;
      appliances[next] = appliance;
      next = (next + 1) % REMEMBERED;
      return met >= AT_ONCE;
    },
  };
}
