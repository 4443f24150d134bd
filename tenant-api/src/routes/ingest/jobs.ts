import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { LunaError } from '@luna-iems/service-kit';
import { readIngestJob } from '@luna-iems/tenant-db';
import { guarded, problems, ref } from '../../schemas/common.ts';
import { Job, JobParams } from '../../schemas/ingest.ts';
import type { IngestRouteDeps } from './deps.ts';
import { jobBody } from './job-body.ts';

/** `GET /ingest/jobs/:id` */
export const ingestJobsRoute: FastifyPluginAsyncTypebox<IngestRouteDeps> = async (app, deps) => {
  app.get(
    '/ingest/jobs/:id',
    {
      config: { access: 'read' },
      schema: {
        operationId: 'readIngestJob',
        tags: ['ingest'],
        summary: 'How far a job is',
        security: [{ apiKey: ['read'] }],
        params: JobParams,
        response: { 200: ref(Job), ...problems(400, 404, ...guarded) },
      },
    },
    async (request) => {
      const job = await readIngestJob(deps.db, request.params.id);
      if (!job) throw new LunaError('LUNA_JOB_NOT_FOUND', 'There is no such job.', { status: 404 });
      return jobBody(deps.db, job, deps.clock.now());
    },
  );
};
