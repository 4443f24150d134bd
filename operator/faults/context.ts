import type { Lab } from './lab.ts';
import type { Dice } from './seed.ts';
import type { Tally } from './tally.ts';

/** What every row of the suite is given. */
export interface Context {
  /** The laboratory; there once the tests run. */
  readonly lab: () => Lab;
  readonly tally: Tally;
  /** Fresh dice for a row: the same for the same seed, whatever other rows did. */
  readonly dice: (row: string) => Dice;
  /** What to do to see a failure again. */
  readonly again: string;
}

/** Names of `count` tenants, all equally long so that none is part of another. */
export function crew(group: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `t-${group}-${String(index).padStart(3, '0')}`);
}

/** The first of many failures, and how many more there are. */
export function brief(failures: readonly string[], limit = 12): string[] {
  const rest = failures.length - limit;
  return rest <= 0 ? [...failures] : [...failures.slice(0, limit), `and ${String(rest)} more`];
}
