import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { LunaError, type Clock } from '@luna-iems/service-kit';
import { fillPrices, fillReadings } from '@luna-iems/series';
import {
  putPrices,
  putReadings,
  readLastCounters,
  readRetentionStart,
  type Database,
  type PutCounts,
} from '@luna-iems/tenant-db';
import { guarded, problems, ref } from '../../schemas/common.ts';
import { PricesBody, ReadingsBody, SeriesPut, type About } from '../../schemas/series-in.ts';
import type { Counters } from '../../series/counters.ts';
import { isTimeZone } from '../../series/instant.ts';
import { toPrices } from '../../series/prices-in.ts';
import { placeReadings, toReadings, type Placed } from '../../series/readings-in.ts';

export interface SeriesInDeps {
  db: Database;
  clock: Clock;
}

/** Ten thousand readings, each with all its fields. */
const BODY_LIMIT = 8 * 1024 * 1024;
const SIMULATED = 'sim';
const SHOWN = 5;

function checkHead(head: { source?: string; timezone?: string }): string {
  const { source = 'http', timezone } = head;
  if (source === SIMULATED)
    throw new LunaError('LUNA_SERIES_SOURCE', 'The source "sim" is the simulator; name what brings the rows.', {
      status: 400,
    });
  if (timezone !== undefined && !isTimeZone(timezone))
    throw new LunaError(
      'LUNA_VALIDATION',
      `The timezone "${timezone}" is not known; write a name like Europe/Berlin.`,
      {
        status: 400,
      },
    );
  return source;
}

/** A request of which nothing can be taken is an error and not an empty success. */
function checkSome(rows: readonly unknown[], rejected: readonly About[]): void {
  if (rows.length > 0) return;
  const shown = rejected.slice(0, SHOWN).map(({ index, reason }) => `${index}: ${reason}`);
  const more = rejected.length > SHOWN ? ` … and ${rejected.length - SHOWN} more.` : '';
  throw new LunaError('LUNA_SERIES_REJECTED', `No row could be taken. ${shown.join(' ')}${more}`, { status: 422 });
}

async function countersBefore(db: Database, placed: readonly Placed[]): Promise<Map<string, Counters>> {
  const first = new Map<string, Date>();
  for (const { body, tsMs } of placed) {
    if (typeof body.energyImport === 'number' && !first.has(body.meterId)) first.set(body.meterId, new Date(tsMs));
  }
  if (first.size === 0) return new Map();
  const found = await readLastCounters(
    db,
    [...first].map(([meterId, before]) => ({ meterId, before })),
  );
  return new Map(
    found.map(({ meterId, at, energyImportKwh, energyExportKwh }) => [
      meterId,
      { atMs: at.getTime(), importKwh: energyImportKwh, exportKwh: energyExportKwh },
    ]),
  );
}

const byIndex = (a: About, b: About): number => a.index - b.index;

function answerOf(
  counts: PutCounts,
  accepted: number,
  about: { rejected: About[]; notes: About[] },
): PutCounts & {
  accepted: number;
  rejected: About[];
  notes: About[];
} {
  return { accepted, ...counts, rejected: about.rejected.sort(byIndex), notes: about.notes.sort(byIndex) };
}

/** `POST /ingest/readings` and `POST /ingest/prices`: live meters and markets, into the tables that the simulator fills until then. */
export const seriesInRoutes: FastifyPluginAsyncTypebox<SeriesInDeps> = async (app, { db, clock }) => {
  app.post(
    '/ingest/readings',
    {
      bodyLimit: BODY_LIMIT,
      config: { access: 'ingest' },
      schema: {
        operationId: 'ingestReadings',
        tags: ['ingest'],
        summary: 'Readings of live meters, up to 10000 at once; sending them again is harmless',
        security: [{ apiKey: ['ingest'] }],
        body: ReadingsBody,
        response: { 200: ref(SeriesPut), ...problems(400, 413, 415, 422, ...guarded) },
      },
    },
    async ({ body }) => {
      const source = checkHead(body);
      const nowMs = clock.now().getTime();
      const keptFromMs = (await readRetentionStart(db, clock.now()))?.getTime();
      const { placed, rejected } = placeReadings(body, { nowMs, keptFromMs });
      const before = await countersBefore(db, placed);
      const taken = toReadings(body, placed, { nowMs, keptFromMs, before });
      const about = { rejected: [...rejected, ...taken.rejected], notes: [...taken.notes] };
      checkSome(taken.rows, about.rejected);
      const counts = await putReadings(db, fillReadings(source, taken.rows), { replace: body.replace === true });
      return answerOf(counts, taken.rows.length, about);
    },
  );
  app.post(
    '/ingest/prices',
    {
      bodyLimit: BODY_LIMIT,
      config: { access: 'ingest' },
      schema: {
        operationId: 'ingestPrices',
        tags: ['ingest'],
        summary: 'Market prices one by one or as periods; of two for the same interval the one published later counts',
        security: [{ apiKey: ['ingest'] }],
        body: PricesBody,
        response: { 200: ref(SeriesPut), ...problems(400, 413, 415, 422, ...guarded) },
      },
    },
    async ({ body }) => {
      const source = checkHead(body);
      const { rows, rejected } = toPrices(body, clock.now().getTime());
      if (rows.length === 0 && rejected.length === 0)
        throw new LunaError('LUNA_VALIDATION', 'The request has neither prices nor periods.', { status: 400 });
      checkSome(rows, rejected);
      const counts = await putPrices(db, fillPrices(source, rows));
      return answerOf(counts, rows.length, { rejected: [...rejected], notes: [] });
    },
  );
};
