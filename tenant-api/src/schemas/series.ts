import { Type, type Static } from 'typebox';
import { Nullable, Timestamp, oneOf, freeText } from './common.ts';

const Time = Type.String({ format: 'date-time', description: 'With Z or an offset; as a query, + is written %2B.' });
const Paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Points of a page; default 2000.' })),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: 'nextCursor of the page before.' })),
};
const Range = {
  from: Type.Optional({ ...Time, description: 'Default: a day before to.' }),
  to: Type.Optional({ ...Time, description: 'Excluded. Default: now; of prices the end of tomorrow.' }),
};

export const MeterSeriesParams = Type.Object({ id: freeText({ minLength: 1, maxLength: 100 }) });

export const MeterSeriesQuery = Type.Object({
  ...Range,
  resolution: Type.Optional(
    oneOf(['auto', 'raw', '1min', '15min', '1h', '1d'], {
      description:
        'auto: what a chart of the range can show. Never finer than the meter reports. Days are local days of Europe/Berlin.',
    }),
  ),
  price: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}/[A-Za-z0-9][A-Za-z0-9._-]{0,39}$',
      description: 'market/product, for example DE-LU/DA-15: adds the cost of what was drawn.',
    }),
  ),
  ...Paging,
});
export type MeterSeriesQueryValue = Static<typeof MeterSeriesQuery>;

const Num = Nullable(Type.Number());

const MeterPointSchema = Type.Object({
  ts: Timestamp,
  consumptionKw: Num,
  productionKw: Num,
  importKwh: Num,
  exportKwh: Num,
  maxConsumptionKw: Num,
  maxProductionKw: Num,
  voltage: Num,
  coverage: Type.Number({
    description: 'Share of the interval that has a value; 0 is a gap, and its values are null.',
  }),
  quality: Nullable(Type.String({ description: 'Of a row; null in a roll-up.' })),
  costEur: Type.Optional(Nullable(Type.Number({ description: 'null where some of the energy has no price.' }))),
});

export const MeterSeries = Type.Object(
  {
    meterId: Type.String(),
    from: Timestamp,
    to: Timestamp,
    resolution: Type.String({ description: 'The one that was chosen.' }),
    source: Nullable(Type.String({ description: 'Of the newest reading.' })),
    totals: Type.Object({
      importKwh: Num,
      exportKwh: Num,
      coverage: Type.Number({ description: 'Share of the range that has a value.' }),
      costEur: Type.Optional(Num),
      unpricedKwh: Type.Optional(Type.Number({ description: 'Energy drawn while no price is known; not in costEur.' })),
    }),
    points: Type.Array(MeterPointSchema),
    nextCursor: Nullable(Type.String()),
  },
  { $id: 'MeterSeries' },
);

export const MetersQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Default 100.' })),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'nextCursor of the page before.' })),
});
export const MetersPage = Type.Object(
  {
    meters: Type.Array(
      Type.Object({
        meterId: Type.String(),
        source: Type.String({ description: 'What feeds it: the name of its live source, or sim.' }),
        firstDay: Timestamp,
        lastDay: Timestamp,
        importKwh: Num,
        exportKwh: Num,
      }),
    ),
    nextCursor: Nullable(Type.String()),
  },
  { $id: 'MetersPage' },
);

export const PriceSeriesQuery = Type.Object({
  market: freeText({ maxLength: 40, description: 'For example DE-LU.' }),
  product: freeText({ maxLength: 40, description: 'For example DA-15.' }),
  ...Range,
  resolution: Type.Optional(
    oneOf(['auto', 'raw', '1h', '1d'], { description: 'raw: as published. Days are local days of Europe/Berlin.' }),
  ),
  ...Paging,
});
export type PriceSeriesQueryValue = Static<typeof PriceSeriesQuery>;

export const PriceSeries = Type.Object(
  {
    market: Type.String(),
    product: Type.String(),
    from: Timestamp,
    to: Timestamp,
    resolution: Type.String({ description: 'The one that was chosen.' }),
    points: Type.Array(
      Type.Object({
        ts: Timestamp,
        priceEurMwh: Num,
        minPriceEurMwh: Num,
        maxPriceEurMwh: Num,
        volume: Num,
        coverage: Type.Number({ description: 'Share of the interval that has a price; 0 is a gap.' }),
        publishedAt: Nullable(Timestamp),
      }),
    ),
    nextCursor: Nullable(Type.String()),
  },
  { $id: 'PriceSeries' },
);

export const PriceSeriesList = Type.Object(
  {
    series: Type.Array(
      Type.Object({
        market: Type.String(),
        product: Type.String(),
        firstTs: Timestamp,
        lastTs: Timestamp,
        resolutionS: Nullable(Type.Integer()),
        source: Type.String(),
      }),
    ),
  },
  { $id: 'PriceSeriesList' },
);
