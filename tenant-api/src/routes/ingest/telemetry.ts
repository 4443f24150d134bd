import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { LunaError } from '@luna-iems/service-kit';
import { insertEvents, type NewEvent } from '@luna-iems/tenant-db';
import { guarded, problems } from '../../schemas/common.ts';
import { TelemetryAnswer, TelemetryBody, type EventBody } from '../../schemas/ingest.ts';
import { uuidV5 } from '../../search/point-id.ts';
import type { IngestRouteDeps } from './deps.ts';

/** How far a sender's clock may be ahead. */
const AHEAD_MS = 24 * 3600 * 1000;

/** Without an id of the sender's the content names the event, so that the same one sent again is the same one. */
function toEvent(body: EventBody): NewEvent {
  const { eventId, ts, type, userId, itemId, meta } = body;
  const content = JSON.stringify([
    ts,
    type,
    userId ?? null,
    itemId ?? null,
    Object.entries(meta ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return { eventId: eventId ?? uuidV5(content), ts: new Date(ts), type, userId, itemId, meta };
}

/** `POST /ingest/telemetry` */
export const telemetryRoute: FastifyPluginAsyncTypebox<IngestRouteDeps> = async (app, { db, clock }) => {
  app.post(
    '/ingest/telemetry',
    {
      config: { access: 'ingest' },
      schema: {
        operationId: 'ingestTelemetry',
        tags: ['ingest'],
        summary: 'Anonymous usage events',
        security: [{ apiKey: ['ingest'] }],
        body: TelemetryBody,
        response: { 200: TelemetryAnswer, ...problems(400, 413, 415, ...guarded) },
      },
    },
    async (request) => {
      const events = request.body.events.map(toEvent);
      const latest = clock.now().getTime() + AHEAD_MS;
      const early = events.findIndex((event) => event.ts.getTime() > latest);
      if (early >= 0)
        throw new LunaError('LUNA_VALIDATION', `events[${early}].ts lies more than a day in the future.`, {
          status: 400,
        });
      return { accepted: events.length, stored: await insertEvents(db, events) };
    },
  );
};
