import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LunaError, type Clock } from '@luna-iems/service-kit';
import {
  listMeters,
  listPriceSeries,
  readMeterCost,
  readMeterInfo,
  readMeterTotals,
  type Database,
  type MeterInfo,
  type PriceSeriesRef,
} from '@luna-iems/tenant-db';
import { guarded, problems, ref } from '../schemas/common.ts';
import {
  MeterSeries,
  MeterSeriesParams,
  MeterSeriesQuery,
  MetersPage,
  MetersQuery,
  PriceSeries,
  PriceSeriesList,
  PriceSeriesQuery,
  type MeterSeriesQueryValue,
  type PriceSeriesQueryValue,
} from '../schemas/series.ts';
import { csvOf } from '../series/csv.ts';
import { readMeterPage, type MeterQuery, type ShownPoint } from '../series/meter-page.ts';
import { readPricePage, type PriceQuery, type ShownPrice } from '../series/price-page.ts';
import { decodeNameCursor, encodeNameCursor } from './cursor.ts';
import { decodeTimeCursor, encodeTimeCursor, rangeOf, type AskedRange } from '../series/range.ts';
import { atLeastOwn, chooseResolution, choosePriceResolution } from '../series/resolution.ts';
import { isoTimes } from './iso-times.ts';

export interface SeriesDeps {
  db: Database;
  clock: Clock;
}

const PAGE = 2_000;
const CSV_PAGE = 10_000;
const CSV = 'text/csv; charset=utf-8; header=present';
/** Day-ahead prices are known to the end of tomorrow. */
const PRICES_AHEAD_MS = 2 * 86_400_000;

const METER_FIELDS: readonly (keyof ShownPoint)[] = [
  ...([
    'ts',
    'consumptionKw',
    'productionKw',
    'importKwh',
    'exportKwh',
    'maxConsumptionKw',
    'maxProductionKw',
  ] as const),
  ...(['voltage', 'coverage', 'quality'] as const),
];
const PRICE_FIELDS: readonly (keyof ShownPrice)[] = [
  ...(['ts', 'priceEurMwh', 'minPriceEurMwh', 'maxPriceEurMwh', 'volume', 'coverage', 'publishedAt'] as const),
];

function wantsCsv(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? '';
  const at = (type: string): number => (accept.includes(type) ? accept.indexOf(type) : Infinity);
  return at('text/csv') < at('application/json');
}

function sendCsv(reply: FastifyReply, name: string, lines: AsyncIterable<string>): FastifyReply {
  const file = `${name.replaceAll(/[^\w.-]+/gu, '_')}.csv`;
  return reply
    .header('content-type', CSV)
    .header('content-disposition', `attachment; filename="${file}"`)
    .send(Readable.from(lines));
}

/** Page after page from one query to its end. */
async function* allPages<Query extends AskedRange, Point>(
  query: Query,
  read: (query: Query) => Promise<{ points: Point[]; nextMs: number | undefined }>,
): AsyncGenerator<Point[], void, undefined> {
  for (let fromMs: number | undefined = query.fromMs; fromMs !== undefined;) {
    const page: { points: Point[]; nextMs: number | undefined } = await read({ ...query, fromMs });
    yield page.points;
    fromMs = page.nextMs;
  }
}

function priceRef(text: string | undefined): PriceSeriesRef | undefined {
  const [market, product] = (text ?? '').split('/');
  return market === undefined || product === undefined ? undefined : { market, product };
}

function meterQuery(info: MeterInfo, query: MeterSeriesQueryValue, range: AskedRange): MeterQuery {
  const { resolution = 'auto', limit = PAGE } = query;
  const { meterId, intervalS } = info;
  const seconds = (range.toMs - range.fromMs) / 1000;
  return {
    ...{ meterId, intervalS, limit, ...range },
    price: priceRef(query.price),
    resolution: resolution === 'auto' ? chooseResolution(seconds, intervalS) : atLeastOwn(resolution, intervalS),
  };
}

async function existing(db: Database, meterId: string): Promise<MeterInfo> {
  const info = await readMeterInfo(db, meterId);
  if (info === undefined)
    throw new LunaError('LUNA_METER_NOT_FOUND', `There is no reading of a meter "${meterId}".`, { status: 404 });
  return info;
}

interface Totals {
  importKwh: number | null;
  exportKwh: number | null;
  coverage: number;
  costEur?: number | null;
  unpricedKwh?: number;
}

/** Of the whole range, whatever page is shown. */
async function totalsOf(db: Database, query: MeterQuery): Promise<Totals> {
  const range = { from: new Date(query.fromMs), to: new Date(query.toMs) };
  const { coveredS, ...energies } = await readMeterTotals(db, { ...query, ...range });
  const totals = { ...energies, coverage: Math.min(1, (coveredS * 1000) / (query.toMs - query.fromMs)) };
  if (query.price === undefined) return totals;
  const hourly = query.intervalS !== null && query.intervalS > 900;
  const costs = await readMeterCost(db, { ...query, ...query.price, ...range, resolution: '1d', hourly });
  const known = costs.filter(({ costEur }) => costEur !== null);
  return {
    ...totals,
    costEur: known.length === 0 ? null : known.reduce((sum, { costEur }) => sum + (costEur ?? 0), 0),
    unpricedKwh: costs.reduce((sum, { unpricedKwh }) => sum + unpricedKwh, 0),
  };
}

function priceQuery(query: PriceSeriesQueryValue, range: AskedRange): PriceQuery {
  const { market, product, resolution = 'auto', limit = PAGE } = query;
  const seconds = (range.toMs - range.fromMs) / 1000;
  return {
    ...{ market, product, limit, ...range },
    resolution: resolution === 'auto' ? choosePriceResolution(seconds, null) : resolution,
  };
}

function paged<Query extends AskedRange>(query: Query, cursor: string | undefined): Query {
  return cursor === undefined ? query : { ...query, fromMs: decodeTimeCursor(cursor, query) };
}

const isoRange = ({ fromMs, toMs }: AskedRange): { from: string; to: string } => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});
const cursorOf = (nextMs: number | undefined): string | null =>
  nextMs === undefined ? null : encodeTimeCursor(nextMs);

const csvAnswer = { description: 'With `Accept: text/csv`: the whole range, all pages.', type: 'string' };
const either = (schema: object): object => ({
  description: 'As JSON, or as CSV with all pages in one.',
  content: { 'application/json': { schema }, 'text/csv': { schema: csvAnswer } },
});

/** `GET /series/meters`, `/series/meters/:id`, `/series/prices`, `/series/markets` */
export const seriesRoutes: FastifyPluginAsyncTypebox<SeriesDeps> = async (app, { db, clock }) => {
  const read = { config: { access: 'read' as const } };
  const about = { tags: ['series'], security: [{ apiKey: ['read'] }] };
  app.get(
    '/series/meters',
    {
      ...read,
      schema: {
        ...about,
        operationId: 'listMeters',
        summary: 'Meters by name, and what feeds them',
        querystring: MetersQuery,
        response: { 200: ref(MetersPage), ...problems(400, ...guarded) },
      },
    },
    async ({ query: { limit = 100, cursor } }) => {
      const after = cursor === undefined ? '' : decodeNameCursor(cursor);
      const meters = await listMeters(db, { after, limit: limit + 1 });
      const page = meters.slice(0, limit);
      const last = meters.length > limit ? page.at(-1) : undefined;
      const nextCursor = last === undefined ? null : encodeNameCursor(last.meterId);
      return { meters: page.map(isoTimes), nextCursor };
    },
  );
  app.get(
    '/series/meters/:id',
    {
      ...read,
      schema: {
        ...about,
        operationId: 'meterSeries',
        summary: 'What a meter drew and fed in, with gaps as gaps, and what it cost; CSV with Accept: text/csv',
        params: MeterSeriesParams,
        querystring: MeterSeriesQuery,
        response: { 200: either(ref(MeterSeries)), ...problems(400, 404, ...guarded) },
      },
    },
    async (request, reply) => {
      const range = rangeOf(request.query, clock.now().getTime());
      const info = await existing(db, request.params.id);
      const query = meterQuery(info, request.query, range);
      if (wantsCsv(request)) {
        const fields = query.price === undefined ? METER_FIELDS : [...METER_FIELDS, 'costEur' as const];
        const pages = allPages({ ...query, limit: CSV_PAGE }, (page) => readMeterPage(db, page));
        return sendCsv(reply, `${info.meterId}-${query.resolution}`, csvOf(fields, pages));
      }
      const [{ points, nextMs }, totals] = await Promise.all([
        readMeterPage(db, paged(query, request.query.cursor)),
        totalsOf(db, query),
      ]);
      const { meterId, source } = info;
      const head = { meterId, ...isoRange(range), resolution: query.resolution, source };
      return reply.send({ ...head, totals, points, nextCursor: cursorOf(nextMs) });
    },
  );
  app.get(
    '/series/markets',
    {
      ...read,
      schema: {
        ...about,
        operationId: 'listPriceSeries',
        summary: 'Markets and products that there are prices of',
        response: { 200: ref(PriceSeriesList), ...problems(...guarded) },
      },
    },
    async () => ({ series: (await listPriceSeries(db)).map(isoTimes) }),
  );
  app.get(
    '/series/prices',
    {
      ...read,
      schema: {
        ...about,
        operationId: 'priceSeries',
        summary: 'Prices of a market, with gaps as gaps; CSV with Accept: text/csv',
        querystring: PriceSeriesQuery,
        response: { 200: either(ref(PriceSeries)), ...problems(400, ...guarded) },
      },
    },
    async (request, reply) => {
      const range = rangeOf(request.query, clock.now().getTime() + PRICES_AHEAD_MS);
      const query = priceQuery(request.query, range);
      const { market, product, resolution } = query;
      if (wantsCsv(request)) {
        const pages = allPages({ ...query, limit: CSV_PAGE }, (page) => readPricePage(db, page));
        return sendCsv(reply, `${market}-${product}-${resolution}`, csvOf(PRICE_FIELDS, pages));
      }
      const { points, nextMs } = await readPricePage(db, paged(query, request.query.cursor));
      return reply.send({ market, product, ...isoRange(range), resolution, points, nextCursor: cursorOf(nextMs) });
    },
  );
};
