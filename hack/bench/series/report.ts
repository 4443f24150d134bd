import type { DashboardFigures } from './dashboards.ts';
import type { BackfillFigures, CopyFigures, GeneratorFigures, Plan } from './measure.ts';

export interface Figures {
  readonly plan: Pick<Plan, 'meters' | 'days' | 'minutes'>;
  readonly generator: GeneratorFigures;
  readonly copy: CopyFigures;
  readonly filled: BackfillFigures;
  readonly lively: { readonly rowsPerSecond: number; readonly rows: number; readonly copy: CopyFigures };
  readonly asked: {
    readonly figures: readonly DashboardFigures[];
    readonly p95: number;
    readonly rowsMeanwhile: number;
  };
}

export interface Report {
  /** Named figures, each ratio with both of its sides. */
  readonly flat: Readonly<Record<string, number>>;
  /** Markdown. */
  readonly table: string;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const two = (value: number): number => Math.round(value * 100) / 100;

/** Ratios are taken against the faster of the two ways to COPY. */
export function reportOf({ plan, generator, copy, filled, lively, asked }: Figures): Report {
  const best = Math.max(copy.text, copy.binary);
  const liveBest = Math.max(lively.copy.text, lively.copy.binary);
  const flat = {
    meters: plan.meters,
    days: plan.days,
    rows: generator.rows,
    'generator rows/s': Math.round(generator.rowsPerSecond),
    'generator warm rows/s': Math.round(generator.warmRowsPerSecond),
    'copy text rows/s': Math.round(copy.text),
    'copy binary rows/s': Math.round(copy.binary),
    'writer rows/s': Math.round(copy.writer),
    'writer/copy': two(copy.writer / best),
    'backfill rows/s': Math.round(filled.rowsPerSecond),
    'backfill/copy': two(filled.rowsPerSecond / best),
    'generator/backfill': two(generator.rowsPerSecond / filled.rowsPerSecond),
    'backfill with roll-ups s': two(filled.wholeSeconds),
    'live rows': lively.rows,
    'live copy rows/s': Math.round(liveBest),
    'live writer rows/s': Math.round(lively.copy.writer),
    'live writer/copy': two(lively.copy.writer / liveBest),
    'live rows/s': Math.round(lively.rowsPerSecond),
    'live/copy': two(lively.rowsPerSecond / liveBest),
    'dashboards p95 ms': two(asked.p95),
    'rows written meanwhile': asked.rowsMeanwhile,
  };
  const lines = [
    [
      'generator alone',
      `${whole(generator.rowsPerSecond)} rows/s`,
      `${flat['generator/backfill']} × the back-fill`,
      '>= 5 ×',
    ],
    [
      'generator alone, a second time',
      `${whole(generator.warmRowsPerSecond)} rows/s`,
      `${two(generator.warmRowsPerSecond / filled.rowsPerSecond)} × the back-fill`,
      '',
    ],
    ['one COPY of the same rows, text', `${whole(copy.text)} rows/s`, '', ''],
    ['one COPY of the same rows, binary', `${whole(copy.binary)} rows/s`, '', ''],
    ['the writer, rows ready', `${whole(copy.writer)} rows/s`, `${flat['writer/copy']} × the faster COPY`, ''],
    ['back-fill', `${whole(filled.rowsPerSecond)} rows/s`, `${flat['backfill/copy']} × the faster COPY`, '>= 0.7 ×'],
    ['back-fill and roll-ups, one command', `${two(filled.wholeSeconds)} s`, '', ''],
    ['live: one COPY of the same rows', `${whole(liveBest)} rows/s`, '', ''],
    [
      'live: the writer, rows ready',
      `${whole(lively.copy.writer)} rows/s`,
      `${flat['live writer/copy']} × that COPY`,
      '',
    ],
    [
      'live: a run for every minute',
      `${whole(lively.rowsPerSecond)} rows/s`,
      `${flat['live/copy']} × that COPY`,
      '>= 0.5 ×',
    ],
    [
      'dashboards over a year, all questions',
      `p95 ${two(asked.p95)} ms`,
      `${whole(asked.rowsMeanwhile)} rows written meanwhile`,
      '< 200 ms',
    ],
    ...asked.figures.map(({ name, p50, p95 }) => [`– ${name}`, `p50 ${two(p50)} ms, p95 ${two(p95)} ms`, '', '']),
  ];
  return { flat, table: markdown([['what', 'measured', 'ratio', 'target (issue 6, point 5)'], ...lines]) };
}

/** A table in Markdown whose columns line up in the source too; the first row is the head. */
export function markdown(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.slice(1).map(line)].join('\n');
}

const BEGIN = '<!-- bench-series: written by make bench-series -->';
const END = '<!-- bench-series: end -->';

/** The part of docs/benchmarks.md that holds these figures. */
export function sectionOf({ table, flat }: Report, about: { readonly machine: string }): string {
  const { meters, days, rows } = flat;
  return `${BEGIN}

${meters} meters, ${days} days at 15 minutes: ${whole(rows ?? 0)} rows. ${about.machine}.

${table}

${END}`;
}

/** The page with its section replaced. Throws when the page has none. */
export function withSection(page: string, section: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`LUNA_BENCH_PAGE: docs/benchmarks.md has no section "${BEGIN}"`);
  return page.slice(0, begin) + section + page.slice(end + END.length);
}
