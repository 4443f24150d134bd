import { Type, type Static } from 'typebox';
import { GERMAN_STATES } from './time/holidays.ts';

const closed = { additionalProperties: false } as const;

const number = (
  minimum: number,
  maximum: number,
  standard: number,
  description: string,
): ReturnType<typeof Type.Number> => Type.Number({ minimum, maximum, default: standard, description });
const integer = (
  minimum: number,
  maximum: number,
  standard: number,
  description: string,
): ReturnType<typeof Type.Integer> => Type.Integer({ minimum, maximum, default: standard, description });
const word = (description: string): ReturnType<typeof Type.String> =>
  Type.String({ minLength: 1, maxLength: 200, description });

const Place = Type.Object(
  {
    latitude: number(-66, 66, 51.2, 'Degrees north.'),
    longitude: number(-180, 180, 10.4, 'Degrees east.'),
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
    profile: Type.Union([Type.Literal('household'), Type.Literal('business')], {
      default: 'household',
      description: 'household (like H25) or business (small, like G25).',
    }),
    annual_kwh: number(100, 100_000, 3500, 'Median of their yearly use in kWh.'),
    spread: number(0, 1, 0.35, 'How different they are: standard deviation of the logarithm of the yearly use.'),
    pv_kwp: number(0, 1000, 0, 'Nominal PV power in kWp; 0 for none.'),
    battery_kwh: number(0, 1000, 0, 'Usable capacity of the battery in kWh; 0 for none. Needs pv_kwp.'),
    heat_pump_kw: number(0, 100, 0, 'Electric power of the heat pump in kW; 0 for none.'),
    car_kw: number(0, 50, 0, 'Charging power of the electric car in kW (3.7, 11 or 22); 0 for none.'),
  },
  closed,
);

const Faults = Type.Object(
  {
    duplicate_share: number(0, 0.5, 0, 'Share of the rows that are sent twice: 0 to 0.5.'),
    late_share: number(0, 0.5, 0, 'Share of the rows that arrive late: 0 to 0.5.'),
    late_minutes: integer(1, 1440, 180, 'How late they are at most, in minutes: 1 to 1440.'),
    clock_skew_s: number(0, 600, 0, 'How far a meter’s clock may be off, in seconds; it stays below half an interval.'),
  },
  { ...closed, default: {} },
);

const Meters = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'true or false.' }),
    interval_s: integer(1, 3600, 5, 'Seconds between readings: 1 to 3600.'),
    start_minutes_back: integer(
      0,
      5_256_000,
      60,
      'How far back a meter without any reading begins, in minutes, where start is left out.',
    ),
    missing_share: number(0, 0.5, 0.01, 'Share of readings that do not arrive: 0 to 0.5.'),
    outage_length: number(
      0.1,
      10,
      1,
      'How many times longer outages are than usual: 0.1 to 10; there are fewer of them then.',
    ),
    faults: Faults,
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
    resolution_s: Type.Union([Type.Literal(900), Type.Literal(3600)], {
      default: 900,
      description: '900 for quarter-hours, 3600 for hours (the mean of their four quarters).',
    }),
    level_eur_mwh: number(1, 1000, 95, 'Mean price over a year, EUR/MWh.'),
  },
  closed,
);

const Market = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'true or false.' }),
    start_days_back: integer(
      0,
      3660,
      0,
      'How many local days before today a series without any price begins, where start is left out.',
    ),
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

const unitOf = (...units: readonly string[]): ReturnType<typeof Type.Union> =>
  Type.Union(
    units.map((unit) => Type.Literal(unit)),
    { default: units[0], description: `One of ${units.join(', ')}.` },
  );

const Columns = Type.Object(
  {
    meter: Type.Optional(word('Column with the name of the meter.')),
    ts: Type.Optional(word('Column with the time at which the interval begins.')),
    consumption: Type.Optional(word('Column with the grid import.')),
    production: Type.Optional(word('Column with the feed-in.')),
    voltage: Type.Optional(word('Column with the voltage, V.')),
    energy_import: Type.Optional(word('Column with the counter of energy drawn, kWh.')),
    energy_export: Type.Optional(word('Column with the counter of energy fed in, kWh.')),
    price: Type.Optional(word('Column with the price.')),
    volume: Type.Optional(word('Column with the traded energy, MWh.')),
  },
  { ...closed, description: 'What the columns are called in the file.' },
);

const Seed = Type.Object(
  {
    file: Type.Optional(word('Path of the file; .parquet is read as Parquet, anything else as CSV.')),
    text: Type.Optional(Type.String({ minLength: 1, description: 'CSV rows written here instead of in a file.' })),
    kind: Type.Union([Type.Literal('readings'), Type.Literal('prices')], { description: 'readings or prices.' }),
    columns: Columns,
    meter: Type.Optional(word('The meter that all rows belong to, where no column says it.')),
    market: Type.Optional(word('The market that all prices belong to; DE-LU when left out.')),
    product: Type.Optional(word('The product that all prices belong to; DA-15 when left out.')),
    interval_s: integer(1, 86_400, 900, 'Length of the intervals in seconds.'),
    power_unit: unitOf('kW', 'W', 'kWh', 'Wh'),
    price_unit: unitOf('EUR/MWh', 'EUR/kWh', 'ct/kWh'),
    timezone: Type.String({
      default: 'Europe/Berlin',
      description: 'Zone of times that do not carry one themselves, like Europe/Berlin or UTC.',
    }),
    ts_format: Type.Union(
      [Type.Literal('iso'), Type.Literal('german'), Type.Literal('unix'), Type.Literal('unix_ms')],
      {
        default: 'iso',
        description: 'iso (2025-01-31 13:45), german (31.01.2025 13:45), unix (seconds) or unix_ms.',
      },
    ),
    ts_is: Type.Union([Type.Literal('start'), Type.Literal('end')], {
      default: 'start',
      description: 'Whether the time is the start or the end of the interval.',
    }),
    delimiter: Type.Union([Type.Literal(','), Type.Literal(';'), Type.Literal('\t'), Type.Literal('|')], {
      default: ',',
      description: 'What separates the columns of a CSV: , ; | or a tab.',
    }),
    decimal: Type.Union([Type.Literal('.'), Type.Literal(',')], {
      default: '.',
      description: 'The decimal sign of a CSV: . or ,',
    }),
  },
  closed,
);

const Limits = Type.Object(
  {
    batch_rows: integer(1, 20_000, 10_000, 'Rows per statement: 1 to 20000.'),
    run_rows: integer(
      1,
      1_000_000_000,
      5_000_000,
      'After this many rows a run stops; the next one goes on from there.',
    ),
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
    state: Type.Optional(
      Type.Union(
        GERMAN_STATES.map((state) => Type.Literal(state)),
        { description: 'German state whose own holidays count too, by its two letters.' },
      ),
    ),
    start: Type.Optional(
      Type.String({
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
        description: 'Local day on which everything without rows begins, like 2025-01-01: it is filled in from there.',
      }),
    ),
    place: Place,
    meters: Meters,
    market: Market,
    seeds: Type.Array(Seed, { default: [], description: 'A list of files with real rows to go on from.' }),
    limits: Limits,
  },
  closed,
);

/** The content of `/config/sim.yml`, defaults filled in. */
export type SimConfig = Static<typeof SimConfigSchema>;
export type SeedConfig = SimConfig['seeds'][number];
