import { expect } from 'vitest';
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

/** What was tried, and what went wrong: sentences that begin with what it happened to, and a colon. */
export interface Verdict {
  readonly id: string;
  readonly what: string;
  readonly tried: number;
  readonly failures?: readonly string[];
  readonly note?: string;
}

/** Counts a verdict, good or bad, and fails the test on a bad one. */
export function pass({ tally, again }: Context, { id, what, tried, failures = [], note }: Verdict): void {
  const failed = new Set(failures.map((text) => text.split(': ')[0])).size;
  tally.count(id, what, { tried, failed, ...(note === undefined ? {} : { note }) });
  expect(brief(failures), `${id}, ${what}; ${again}`).toEqual([]);
}
