import type { Verdict } from './verdict.ts';

/** The verdicts as lines: group, statistic, value, band, and whether it lies in it. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ group, statistic, value, low, high, ok }) => [
    group,
    statistic,
    shown(value),
    `${shown(low)} … ${shown(high)}`,
    ok ? 'ok' : 'MISSED',
  ]);
  const all = [['group', 'statistic', 'value', 'band', 'verdict'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === 2 ? cell.padStart(widths[2] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const missed = verdicts.filter(({ ok }) => !ok).length;
  return [...lines, '', `${verdicts.length - missed} of ${verdicts.length} within their bands`].join('\n');
}

function shown(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) < 10 ? 3 : 1);
}
