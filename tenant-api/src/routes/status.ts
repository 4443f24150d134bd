import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { guarded, problems, ref } from '../schemas/common.ts';
import { StatusSummary } from '../schemas/status.ts';
import { readSummary, type SummaryDeps } from '../status/summary.ts';
import { isoTimes } from './iso-times.ts';

/** Which parts answer, and how much there is of everything. */
export const statusRoutes: FastifyPluginAsyncTypebox<SummaryDeps> = async (app, deps) => {
  app.get(
    '/status/summary',
    {
      config: { access: 'read' },
      schema: {
        operationId: 'statusSummary',
        tags: ['operations'],
        summary: 'Parts, counts, simulation, embedding profile',
        security: [{ apiKey: ['read'] }],
        response: { 200: ref(StatusSummary), ...problems(...guarded) },
      },
    },
    async () => isoTimes(await readSummary(deps)),
  );
};
