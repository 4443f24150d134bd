import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { LunaError } from '@luna-iems/service-kit';
import { appendAudit, insertEvents } from '@luna-iems/tenant-db';
import { guarded, problems, ref } from '../schemas/common.ts';
import { SimStatus } from '../schemas/sim.ts';
import { readSimStatus, type SimDeps } from '../sim/status.ts';
import { isoTimes } from './iso-times.ts';

const actions = [
  { url: '/sim/start', operationId: 'startSimulation', suspended: false, summary: 'Let the simulator write again' },
  { url: '/sim/stop', operationId: 'stopSimulation', suspended: true, summary: 'Suspend the simulator' },
] as const;

/** `POST /sim/start`, `POST /sim/stop`, `GET /sim/status` */
export const simRoutes: FastifyPluginAsyncTypebox<SimDeps> = async (app, deps) => {
  for (const { url, operationId, suspended, summary } of actions) {
    app.post(
      url,
      {
        config: { access: 'operate' },
        schema: {
          operationId,
          tags: ['simulation'],
          summary,
          security: [{ apiKey: ['operate'] }],
          response: { 200: ref(SimStatus), ...problems(501, ...guarded) },
        },
      },
      async (request) => {
        if (!deps.cronJobs) {
          throw new LunaError(
            'LUNA_SIM_NOT_IN_CLUSTER',
            'This service does not run in a cluster, so there are no CronJobs to suspend or resume.',
            {
              status: 501,
            },
          );
        }
        await deps.cronJobs.suspend(suspended);
        await appendAudit(deps.db, {
          actor: request.client?.name ?? 'unknown',
          action: suspended ? 'sim.stop' : 'sim.start',
        });
        const type = suspended ? 'sim.stopped' : 'sim.started';
        await insertEvents(deps.db, [{ eventId: randomUUID(), ts: deps.clock.now(), type }]);
        return isoTimes(await readSimStatus(deps));
      },
    );
  }
  app.get(
    '/sim/status',
    {
      config: { access: 'read' },
      schema: {
        operationId: 'simulationStatus',
        tags: ['simulation'],
        summary: 'What the simulator is doing and wrote last',
        security: [{ apiKey: ['read'] }],
        response: { 200: ref(SimStatus), ...problems(...guarded) },
      },
    },
    async () => isoTimes(await readSimStatus(deps)),
  );
};
