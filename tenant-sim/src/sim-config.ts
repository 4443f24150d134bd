import { LunaError, loadYamlFile, parseYamlConfig } from '@luna-iems/service-kit';
import { SimConfigSchema, type SeedConfig, type SimConfig } from './sim-schema.ts';
import { createZone } from './time/zone.ts';

export type { SimConfig } from './sim-schema.ts';

/** Reads and checks the file. Throws `LUNA_CONFIG` with one line per wrong value. */
export async function loadSimConfig(path: string): Promise<SimConfig> {
  return checked(await loadYamlFile(SimConfigSchema, path), path);
}

/** The same for a text. */
export function parseSimConfig(text: string, name = 'sim.yml'): SimConfig {
  return checked(parseYamlConfig(SimConfigSchema, text, { name }), name);
}

/** What a schema cannot say. */
function checked(config: SimConfig, name: string): SimConfig {
  const problems = [
    ...timeProblems(config),
    ...nameProblems(config),
    ...groupProblems(config),
    ...seedProblems(config),
  ];
  if (problems.length === 0) return config;
  throw new LunaError('LUNA_CONFIG', `${name}: ${problems.join('; ')}`, { details: { problems } });
}

function timeProblems({ timezone, start, meters }: SimConfig): string[] {
  return [
    ...(isTimeZone(timezone) ? [] : [`timezone ${timezone} is not known; write a name like Europe/Berlin`]),
    ...(start !== undefined && Number.isNaN(Date.parse(`${start}T00:00:00Z`))
      ? [`start ${start} is not a day of the calendar; write it like 2025-01-01`]
      : []),
    ...(meters.faults.late_share > 0 && start === undefined
      ? ['meters.faults.late_share needs start: without a fixed beginning late rows could lie before it']
      : []),
  ];
}

function nameProblems({ meters, market }: SimConfig): string[] {
  return [
    ...duplicates(meters.groups.map(({ prefix }) => prefix)).map(
      (prefix) => `meters.groups: prefix ${prefix} stands twice`,
    ),
    ...duplicates(market.series.map((series) => `${series.market} ${series.product}`)).map(
      (series) => `market.series: ${series} stands twice`,
    ),
  ];
}

function groupProblems({ meters }: SimConfig): string[] {
  return meters.groups.flatMap(({ battery_kwh: battery, pv_kwp: pv }, index) =>
    battery > 0 && pv === 0
      ? [`meters.groups[${index}].battery_kwh needs pv_kwp: the battery stores what the panels give`]
      : [],
  );
}

function seedProblems({ seeds }: SimConfig): string[] {
  return seeds.flatMap((seed, index) =>
    [...originProblems(seed), ...columnProblems(seed), ...spellingProblems(seed)].map(
      (problem) => `seeds[${index}]${problem}`,
    ),
  );
}

function originProblems({ file, text }: SeedConfig): string[] {
  if (file === undefined && text === undefined) return [' needs file (a path) or text (the rows themselves)'];
  return file !== undefined && text !== undefined ? [' has both file and text; leave one out'] : [];
}

function columnProblems({ kind, columns, meter }: SeedConfig): string[] {
  const missing = (name: string): string => `.columns.${name} is missing: the name of the column that holds it`;
  const time = columns.ts === undefined ? [missing('ts')] : [];
  if (kind === 'prices') return [...time, ...(columns.price === undefined ? [missing('price')] : [])];
  return [
    ...time,
    ...(columns.meter === undefined && meter === undefined ? [missing('meter')] : []),
    ...(columns.consumption === undefined && columns.production === undefined
      ? ['.columns names neither consumption nor production']
      : []),
  ];
}

function spellingProblems({ delimiter, decimal, timezone }: SeedConfig): string[] {
  return [
    ...(delimiter === decimal ? [`: delimiter and decimal are both ${JSON.stringify(decimal)}`] : []),
    ...(isTimeZone(timezone) ? [] : [`.timezone ${timezone} is not known; write a name like Europe/Berlin`]),
  ];
}

function isTimeZone(name: string): boolean {
  try {
    createZone(name);
    return true;
  } catch {
    return false;
  }
}

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
