import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
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
  /** Adds to a row: so much was tried, and of that so much did not end as it should. */
  count(id: string, what: string, how: { tried: number; failed?: number; note?: string }): void;
  readonly rows: readonly Row[];
}

export function createTally(): Tally {
  const rows: Row[] = [];
  const rowOf = (id: string, what: string): Row => {
    const known = rows.find((row) => row.id === id && row.what === what);
    if (known !== undefined) return known;
    const row: Row = { id, what, tried: 0, survived: 0, notes: [] };
    rows.push(row);
    return row;
  };
  return {
    rows,
    count(id, what, { tried, failed = 0, note }) {
      const row = rowOf(id, what);
      row.tried += tried;
      row.survived += Math.max(0, tried - failed);
      if (note !== undefined) row.notes.push(note);
    },
  };
}

/** One file's run with one seed. */
interface Report {
  readonly part: string;
  readonly seed: number;
  readonly size: string;
  readonly rows: readonly Row[];
}

const REPORTS = join(repository, '.reports');

/**
 * Keeps the counts of this part and seed, and brings all that were kept since the last `make` target began together in
 * `.reports/fault-counts.json` and, as a table, `.reports/fault-counts.txt`.
 */
export function saveReport(report: Report): void {
  const directory = join(REPORTS, 'fault-counts');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${report.part}-${String(report.seed)}.json`), JSON.stringify(report));
  const all = readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Report);
  const rows = mergeRows(all.flatMap(({ rows: some }) => some));
  const seeds = [...new Set(all.map(({ seed }) => seed))].sort((a, b) => a - b);
  const sizes = [...new Set(all.map(({ size }) => size))];
  const totals = totalsOf(rows);
  writeFileSync(
    join(REPORTS, 'fault-counts.json'),
    `${JSON.stringify({ seeds, sizes, totals, rows }, undefined, 2)}\n`,
  );
  writeFileSync(join(REPORTS, 'fault-counts.txt'), tableOf(rows, seeds, sizes.join(', ')));
}

function mergeRows(rows: readonly Row[]): Row[] {
  const merged = createTally();
  for (const { id, what, tried, survived, notes } of rows) {
    merged.count(id, what, { tried, failed: tried - survived });
    const row = merged.rows.find((one) => one.id === id && one.what === what);
    row?.notes.push(...notes.filter((note) => !row.notes.includes(note)));
  }
  return [...merged.rows];
}

/** What the rows' ids count. */
const COUNTED: readonly (readonly [string, RegExp])[] = [
  ['crash points', /^S1$/],
  ['faults injected', /^(S[2-4]|W1|L1|X1|P1)$/],
  ['mutations', /^A/],
  ['drifts', /^(D1|SEC)$/],
  ['silences', /^D2$/],
  ['missing guards noticed', /^guard$/],
];

function totalsOf(rows: readonly Row[]): Record<string, { tried: number; survived: number }> {
  const sum = (some: readonly Row[], key: 'tried' | 'survived'): number =>
    some.reduce((total, row) => total + row[key], 0);
  return Object.fromEntries(
    COUNTED.map(([name, ids]) => {
      const some = rows.filter(({ id }) => ids.test(id));
      return [name, { tried: sum(some, 'tried'), survived: sum(some, 'survived') }];
    }),
  );
}

/** The table for people, with the sums under it. */
export function tableOf(rows: readonly Row[], seeds: readonly number[], size: string): string {
  const lines = [...rows]
    .sort((a, b) => a.id.localeCompare(b.id))
    .map(({ id, what, tried, survived, notes }) =>
      `${id.padEnd(6)}${what.padEnd(56)}${String(tried).padStart(6)}${String(survived).padStart(10)}   ${notes.join('; ')}`.trimEnd(),
    );
  const head = `${'row'.padEnd(6)}${'what'.padEnd(56)}${'tried'.padStart(6)}${'survived'.padStart(10)}`;
  const totals = Object.entries(totalsOf(rows))
    .filter(([, { tried }]) => tried > 0)
    .map(([name, { tried, survived }]) => `${name} ${String(tried)} tried, ${String(survived)} survived`);
  const all = rows.every(({ tried, survived }) => tried === survived) ? 'all survived' : 'NOT ALL SURVIVED';
  const end = `seeds ${seeds.join(', ')} (LUNA_FAULT_SEED), size ${size} (LUNA_FAULT_SIZE): ${all}`;
  return ['', head, ...lines, ...totals, end, ''].join('\n');
}
