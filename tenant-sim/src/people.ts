import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { LunaError } from '@luna-iems/service-kit';
import { FULL_CHECK, checkYear } from './check/simulated-year.ts';
import { verdictTable } from './check/table.ts';
import { previewOf, type Stretch } from './preview/panels.ts';
import { drawPng } from './preview/png.ts';
import { sceneOf } from './preview/scene.ts';
import { drawSvg } from './preview/svg.ts';
import { drawText } from './preview/text.ts';
import { loadSimConfig, parseSimConfig } from './sim-config.ts';

export interface PeopleDeps {
  readonly print: (text: string) => void;
  /** Width of the terminal. */
  readonly columns: number;
}

export const USAGE = `usage: luna-sim check [--seed N] [--year 2025] [--homes 100]
       luna-sim preview [day|week|year] [--start 2025-06-02] [--seed N] [--config sim.yml] [--svg picture.svg] [--png picture.png]
       luna-sim meter|market                     one run against the database (what the CronJobs do)`;

/** The commands that need no database. Returns the exit code: 1 when a statistic lies outside its band. */
export async function runForPeople(args: readonly string[], deps: PeopleDeps): Promise<number> {
  const { values, positionals } = parsed(args);
  const [command, stretch = 'day'] = positionals;
  if (command === 'check') return check(values, deps);
  if (command !== 'preview' || !isStretch(stretch)) throw new LunaError('LUNA_USAGE', USAGE);
  return preview(stretch, values, deps);
}

function check(values: Values, { print }: PeopleDeps): number {
  const verdicts = checkYear({
    ...FULL_CHECK,
    seed: values.seed ?? 'luna',
    year: whole('year', values.year, FULL_CHECK.year),
    homes: whole('homes', values.homes, FULL_CHECK.homes),
  });
  print(verdictTable(verdicts));
  return verdicts.every(({ ok }) => ok) ? 0 : 1;
}

async function preview(stretch: Stretch, values: Values, { print, columns }: PeopleDeps): Promise<number> {
  const config = values.config === undefined ? parseSimConfig('') : await loadSimConfig(values.config);
  const day = Date.parse(`${values.start ?? '2025-06-02'}T12:00:00Z`);
  if (Number.isNaN(day)) throw new LunaError('LUNA_USAGE', `--start ${values.start} is not a day like 2025-06-02`);
  const picture = previewOf({ ...config, seed: values.seed ?? config.seed }, stretch, day);
  print(drawText(picture, columns));
  if (values.svg !== undefined) await writeFile(values.svg, drawSvg(sceneOf(picture)));
  if (values.png !== undefined) await writeFile(values.png, drawPng(sceneOf(picture)));
  return 0;
}

type Values = Partial<Record<'seed' | 'year' | 'homes' | 'start' | 'config' | 'svg' | 'png', string>>;

function parsed(args: readonly string[]): { values: Values; positionals: string[] } {
  const text = { type: 'string' } as const;
  const options = { seed: text, year: text, homes: text, start: text, config: text, svg: text, png: text };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new LunaError('LUNA_USAGE', `${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}

function whole(name: string, value: string | undefined, standard: number): number {
  if (value === undefined) return standard;
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new LunaError('LUNA_USAGE', `--${name} ${value} is not a whole number`);
}

function isStretch(text: string): text is Stretch {
  return text === 'day' || text === 'week' || text === 'year';
}
