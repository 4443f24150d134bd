import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../src/testing/cluster.ts';

/** What a row of the suite tried, and what came of it. */
export interface Row {
  /** e.g. S1 */
  readonly id: string;
  readonly what: string;
  /** How often something was done to the operator or its world. */
  tried: number;
  /** How often the world ended as it should. */
  survived: number;
  /** What the row wants to be known beside its counts. */
  notes: string[];
}

/** The suite's own count. */
export interface Tally {
  row(id: string, what: string): Row;
  readonly rows: readonly Row[];
  /** The table for people. */
  table(seeds: readonly number[]): string;
  /** Writes the counts as JSON to `.reports/faults.json`. */
  save(seeds: readonly number[]): void;
}

export function createTally(): Tally {
  const rows: Row[] = [];
  return {
    rows,
    row(id, what) {
      const known = rows.find((row) => row.id === id && row.what === what);
      if (known !== undefined) return known;
      const row: Row = { id, what, tried: 0, survived: 0, notes: [] };
      rows.push(row);
      return row;
    },
    table(seeds) {
      const lines = [...rows]
        .sort((a, b) => a.id.localeCompare(b.id))
        .map(({ id, what, tried, survived, notes }) =>
          `${id.padEnd(5)}${what.padEnd(52)}${String(tried).padStart(6)}${String(survived).padStart(10)}   ${notes.join('; ')}`.trimEnd(),
        );
      const head = `${'row'.padEnd(5)}${'what'.padEnd(52)}${'tried'.padStart(6)}${'survived'.padStart(10)}`;
      const sum = (key: 'tried' | 'survived'): number => rows.reduce((total, row) => total + row[key], 0);
      const end = `${String(sum('tried'))} tried, ${String(sum('survived'))} survived; seeds ${seeds.join(', ')} (LUNA_FAULT_SEED)`;
      return ['', head, ...lines, end, ''].join('\n');
    },
    save(seeds) {
      const directory = join(repository, '.reports');
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'faults.json'), `${JSON.stringify({ seeds, rows }, undefined, 2)}\n`);
    },
  };
}
