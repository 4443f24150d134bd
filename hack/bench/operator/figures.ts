import type { ContenderName } from './contender.ts';
import type { Measured } from './measure.ts';
import { median } from './statistics.ts';

/** Medians of several runs of one contender, name by name. */
export function medians(runs: readonly Measured[]): Measured {
  const [first] = runs;
  if (first === undefined) throw new RangeError('no runs');
  const names = Object.keys(first) as (keyof Measured)[];
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))])) as unknown as Measured;
}

/** What is compared, ours over a peer's. */
const RATIOS: readonly (keyof Measured)[] = [
  'completeSeconds',
  'completeCpuSeconds',
  'peakMb',
  'restartSeconds',
  'restartCpuSeconds',
  'backlogP99Seconds',
];

/** A flat object: every figure of every contender, and each ratio of ours to a peer's beside both of its sides. */
export function flatten(results: ReadonlyMap<ContenderName, Measured>): Record<string, number> {
  const flat: Record<string, number> = {};
  for (const [name, measured] of results)
    for (const [figure, value] of Object.entries(measured)) flat[`${name}.${figure}`] = round(value as number);
  const ours = results.get('luna');
  for (const [name, theirs] of results) {
    if (ours === undefined || name === 'luna') continue;
    for (const figure of RATIOS) flat[`luna/${name}.${figure}`] = round(ours[figure] / theirs[figure]);
  }
  return flat;
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

const ROWS: readonly (readonly [keyof Measured, string, number])[] = [
  ['completeSeconds', 'all tenants complete, s', 1],
  ['completeCpuSeconds', 'own CPU until then, s', 1],
  ['completeServerCpuSeconds', 'CPU of the API server and etcd, s', 1],
  ['completeWrites', 'writes until then', 0],
  ['peakMb', 'peak memory, MB', 0],
  ['restartSeconds', 'restart, all verified, s', 2],
  ['restartCpuSeconds', 'own CPU of that, s', 2],
  ['restartWrites', 'writes of that', 0],
  ['restartPeakMb', 'peak memory of that, MB', 0],
  ['steadyWrites', 'writes in steady state', 0],
  ['steadyRequests', 'requests in steady state', 0],
  ['steadyCpuSeconds', 'own CPU in steady state, s', 2],
  ['backlogP50Seconds', 'change under backlog, p50, s', 2],
  ['backlogP99Seconds', 'change under backlog, p99, s', 2],
  ['backlogChanges', 'changes measured', 0],
  ['backlogLate', 'of them not applied in 180 s', 0],
  ['backlogSeconds', 'backlog complete after, s', 1],
];

/** The table as Markdown. */
export function table(results: ReadonlyMap<ContenderName, Measured>): string {
  const names = [...results.keys()];
  const head = [`|  | ${names.join(' | ')} |`, `| --- | ${names.map(() => '---:').join(' | ')} |`];
  const rows = ROWS.map(([figure, title, digits]) => {
    const cells = [...results.values()].map((measured) => cell(measured, figure, digits));
    return `| ${title} | ${cells.join(' | ')} |`;
  });
  return [...head, ...rows].join('\n');
}

function cell(measured: Measured, figure: keyof Measured, digits: number): string {
  const value = measured[figure].toFixed(digits);
  return figure === 'backlogSeconds' && measured.backlogUnfinished > 0 ? `did not finish in ${value}` : value;
}
