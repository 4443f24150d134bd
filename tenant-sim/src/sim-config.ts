import { LunaError, loadYamlFile, parseYamlConfig } from '@luna-iems/service-kit';
import { Type, type Static } from 'typebox';
import { createZone } from './time/zone.ts';

const closed = { additionalProperties: false } as const;

const Place = Type.Object(
  {
    latitude: Type.Number({ minimum: -66, maximum: 66, default: 51.2, description: 'Degrees north.' }),
    longitude: Type.Number({ minimum: -180, maximum: 180, default: 10.4, description: 'Degrees east.' }),
  },
  { ...closed, default: {} },
);

const MeterGroup = Type.Object(
  {
    prefix: Type.String({
      pattern: '^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$',
      description: 'Lower-case letters, digits and dashes; meters are named prefix-001, prefix-002, …',
    }),
    count: Type.Integer({ minimum: 1, maximum: 10_000, description: 'How many meters of this kind: 1 to 10000.' }),
    annual_kwh: Type.Number({
      minimum: 100,
      maximum: 100_000,
      default: 3500,
      description: 'Median of their yearly use in kWh.',
    }),
    spread: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.35,
      description: 'How different they are: standard deviation of the logarithm of the yearly use.',
    }),
    pv_kwp: Type.Number({ minimum: 0, maximum: 1000, default: 0, description: 'Nominal PV power in kWp; 0 for none.' }),
  },
  closed,
);

const Meters = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'true or false.' }),
    interval_s: Type.Integer({
      minimum: 1,
      maximum: 3600,
      default: 5,
      description: 'Seconds between readings: 1 to 3600.',
    }),
    start_minutes_back: Type.Integer({
      minimum: 0,
      maximum: 5_256_000,
      default: 60,
      description: 'How far back a meter without any reading begins, in minutes.',
    }),
    missing_share: Type.Number({
      minimum: 0,
      maximum: 0.5,
      default: 0.01,
      description: 'Share of readings that do not arrive: 0 to 0.5.',
    }),
    groups: Type.Array(MeterGroup, {
      default: [
        { prefix: 'household', count: 8 },
        { prefix: 'prosumer', count: 2, annual_kwh: 4500, pv_kwp: 8 },
      ],
      description: 'A list of meter groups.',
    }),
  },
  { ...closed, default: {} },
);

const Series = Type.Object(
  {
    market: Type.String({ minLength: 1, maxLength: 40, description: 'Bidding zone, for example DE-LU.' }),
    product: Type.String({ minLength: 1, maxLength: 40, description: 'Name of the product, for example DA-15.' }),
    kind: Type.Union([Type.Literal('day-ahead'), Type.Literal('intraday')], { description: 'day-ahead or intraday.' }),
    level_eur_mwh: Type.Number({
      minimum: 1,
      maximum: 1000,
      default: 85,
      description: 'Mean price over a year, EUR/MWh.',
    }),
  },
  closed,
);

const Market = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'true or false.' }),
    start_days_back: Type.Integer({
      minimum: 0,
      maximum: 3660,
      default: 0,
      description: 'How many local days before today a series without any price begins.',
    }),
    series: Type.Array(Series, {
      default: [
        { market: 'DE-LU', product: 'DA-15', kind: 'day-ahead' },
        { market: 'DE-LU', product: 'ID-15', kind: 'intraday' },
      ],
      description: 'A list of price series.',
    }),
  },
  { ...closed, default: {} },
);

const Limits = Type.Object(
  {
    batch_rows: Type.Integer({
      minimum: 1,
      maximum: 20_000,
      default: 2000,
      description: 'Rows per statement: 1 to 20000.',
    }),
    run_rows: Type.Integer({
      minimum: 1,
      maximum: 1_000_000_000,
      default: 5_000_000,
      description: 'After this many rows a run stops; the next one goes on from there.',
    }),
  },
  { ...closed, default: {} },
);

export const SimConfigSchema = Type.Object(
  {
    seed: Type.Union([Type.String({ minLength: 1 }), Type.Integer()], {
      default: 'luna',
      description: 'Any word or whole number; the same seed gives the same rows.',
    }),
    timezone: Type.String({ default: 'Europe/Berlin', description: 'A name like Europe/Berlin.' }),
    place: Place,
    meters: Meters,
    market: Market,
    limits: Limits,
  },
  closed,
);

/** The content of `/config/sim.yml`, defaults filled in. */
export type SimConfig = Static<typeof SimConfigSchema>;

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
    ...(isTimeZone(config.timezone)
      ? []
      : [`timezone ${config.timezone} is not known; write a name like Europe/Berlin`]),
    ...duplicates(config.meters.groups.map(({ prefix }) => prefix)).map(
      (prefix) => `meters.groups: prefix ${prefix} stands twice`,
    ),
    ...duplicates(config.market.series.map(({ market, product }) => `${market} ${product}`)).map(
      (series) => `market.series: ${series} stands twice`,
    ),
  ];
  if (problems.length === 0) return config;
  throw new LunaError('LUNA_CONFIG', `${name}: ${problems.join('; ')}`, { details: { problems } });
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
