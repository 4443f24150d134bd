import { QUALITIES } from '@luna-iems/series';
import { Type, type Static } from 'typebox';
import { Nullable, oneOf } from './common.ts';

const closed = { additionalProperties: false } as const;
const MAX_ROWS = 10_000;

const Source = Type.String({
  pattern: '^[a-z0-9][a-z0-9._-]{0,39}$',
  description: 'What brings the rows: http (default), mqtt, sml, csv, … Not sim: that is the simulator.',
});
const Zone = Type.String({
  maxLength: 64,
  description: 'Zone of times without an offset, for example Europe/Berlin. Without it every time needs its offset.',
});
const Time = Type.String({
  maxLength: 40,
  description: 'Start of the interval: 2026-01-31T12:00:00Z, with an offset, or local with "timezone".',
});
const Interval = Type.Integer({ minimum: 1, maximum: 86_400, description: 'Length of the interval, seconds.' });
const Value = Type.Number({ minimum: -1e9, maximum: 1e9 });

export const ReadingIn = Type.Object(
  {
    meterId: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$', description: 'Name of the meter.' }),
    ts: Time,
    intervalS: Type.Optional(Interval),
    consumption: Type.Optional(Nullable(Value)),
    production: Type.Optional(Nullable(Value)),
    power: Type.Optional(Nullable(Value)),
    energyImport: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 1e12 }))),
    energyExport: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 1e12 }))),
    voltage: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 1000 }))),
    quality: Type.Optional(oneOf(QUALITIES, { description: 'ok unless given; missing where no value arrived.' })),
  },
  {
    ...closed,
    description:
      'One interval of one meter. consumption: drawn from the grid; production: fed in; both >= 0, means over the interval. Or power: one signed number. Or only the counters energyImport and energyExport at the end of the interval: the power then follows from the counters before.',
  },
);
export type ReadingBody = Static<typeof ReadingIn>;

export const ReadingsBody = Type.Object(
  {
    source: Type.Optional(Source),
    timezone: Type.Optional(Zone),
    intervalS: Type.Optional(Interval),
    unit: Type.Optional(
      oneOf(['kW', 'W', 'kWh', 'Wh'], {
        description: 'Unit of the powers; kWh and Wh are energies of the interval. Default kW.',
      }),
    ),
    counterUnit: Type.Optional(oneOf(['kWh', 'Wh'], { description: 'Unit of the counters. Default kWh.' })),
    positive: Type.Optional(oneOf(['import', 'export'], { description: 'What a positive power is. Default import.' })),
    replace: Type.Optional(
      Type.Boolean({
        description: 'Let these values win over measured ones that are there. Default false: those stay.',
      }),
    ),
    readings: Type.Array(ReadingIn, { minItems: 1, maxItems: MAX_ROWS }),
  },
  closed,
);
export type ReadingsRequest = Static<typeof ReadingsBody>;

const SeriesName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$' });

export const PriceIn = Type.Object(
  {
    market: SeriesName,
    product: SeriesName,
    ts: Time,
    resolutionS: Type.Optional(Interval),
    price: Value,
    volume: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 1e9 }))),
    publishedAt: Type.Optional(Type.String({ maxLength: 40, description: 'When it became known; now unless given.' })),
  },
  closed,
);
export type PriceBody = Static<typeof PriceIn>;

export const PeriodIn = Type.Object(
  {
    market: SeriesName,
    product: SeriesName,
    start: Time,
    end: Time,
    resolutionS: Interval,
    curveType: Type.Optional(
      oneOf(['A01', 'A03'], {
        description:
          'A03: a position that is left out repeats the one before, to the end of the period too. Default A01: it is a gap.',
      }),
    ),
    publishedAt: Type.Optional(Type.String({ maxLength: 40 })),
    points: Type.Array(
      Type.Object({ position: Type.Integer({ minimum: 1, maximum: 100_000 }), price: Value }, closed),
      { minItems: 1, maxItems: MAX_ROWS },
    ),
  },
  { ...closed, description: 'A period as ENTSO-E publishes it: positions count from 1.' },
);
export type PeriodBody = Static<typeof PeriodIn>;

export const PricesBody = Type.Object(
  {
    source: Type.Optional(Source),
    timezone: Type.Optional(Zone),
    unit: Type.Optional(oneOf(['EUR/MWh', 'EUR/kWh', 'ct/kWh'], { description: 'Default EUR/MWh.' })),
    prices: Type.Optional(Type.Array(PriceIn, { maxItems: MAX_ROWS })),
    periods: Type.Optional(Type.Array(PeriodIn, { maxItems: 100 })),
  },
  closed,
);
export type PricesRequest = Static<typeof PricesBody>;

const About = Type.Object({
  index: Type.Integer({ description: 'Place in the request, from 0.' }),
  reason: Type.String(),
});
export type About = Static<typeof About>;

export const SeriesPut = Type.Object(
  {
    accepted: Type.Integer({ description: 'Rows that were well formed.' }),
    stored: Type.Integer({ description: 'Of these, new ones.' }),
    replaced: Type.Integer({
      description:
        'Other values than before count now: missing or estimated ones gave way, or a price was published again.',
    }),
    unchanged: Type.Integer({ description: 'They were there with these very values: sending again is harmless.' }),
    kept: Type.Integer({ description: 'Other measured values are there and stay.' }),
    displaced: Type.Integer({ description: 'Simulated rows that went because a live one covers their time.' }),
    rejected: Type.Array(About, { description: 'Rows that were not taken, and why.' }),
    notes: Type.Array(About, { description: 'Rows that were taken with something to know about them.' }),
  },
  { $id: 'SeriesPut' },
);
