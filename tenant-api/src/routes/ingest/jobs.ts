import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { LunaError } from '@luna-iems/service-kit';
import {
  cancelIngestJob,
  failVersion,
  listIngestJobs,
  readIngestJob,
  retryIngestJob,
  type Database,
  type IngestJob,
} from '@luna-iems/tenant-db';
import { guarded, problems, ref } from '../../schemas/common.ts';
import { Job, JobParams, JobsPage, JobsQuery } from '../../schemas/ingest.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { IngestRouteDeps } from './deps.ts';
import { jobBody } from './job-body.ts';

async function existing(db: Database, id: string): Promise<IngestJob> {
  const job = await readIngestJob(db, id);
  if (!job) throw new LunaError('LUNA_JOB_NOT_FOUND', 'There is no such job.', { status: 404 });
  return job;
}

const retryable: readonly string[] = ['failed', 'quarantined', 'no_text'];

/** Why a job cannot be queued again. */
function notRetried(job: IngestJob): LunaError {
  if (retryable.includes(job.state)) {
    const detail = 'The file of this job is no longer kept. Upload it again.';
    return new LunaError('LUNA_JOB_FILE_GONE', detail, { status: 409 });
  }
  const detail = `A job that is ${job.state} cannot be tried again; only one that failed, was quarantined or found no text.`;
  return new LunaError('LUNA_JOB_STATE', detail, { status: 409 });
}

/** Ends the job and gives up what it staged, both or neither; what its worker has under way, the worker clears when it sees that. */
function cancel(deps: IngestRouteDeps, id: string): Promise<IngestJob | undefined> {
  return deps.db.transaction(async (tx) => {
    const job = await cancelIngestJob(tx, id);
    if (job?.itemId && job.version !== null) {
      await failVersion({ transaction: (work) => work(tx) }, job.itemId, job.version);
    }
    return job;
  });
}

/** `GET /ingest/jobs`, `GET /ingest/jobs/:id` */
const readingRoutes: FastifyPluginAsyncTypebox<IngestRouteDeps> = async (app, deps) => {
  app.get(
    '/ingest/jobs',
    {
      config: { access: 'read' },
      schema: {
        operationId: 'listIngestJobs',
        tags: ['ingest'],
        summary: 'Jobs, newest first',
        security: [{ apiKey: ['read'] }],
        querystring: JobsQuery,
        response: { 200: JobsPage, ...problems(400, ...guarded) },
      },
    },
    async (request) => {
      const { limit = 50, cursor, state, source, itemId } = request.query;
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const jobs = await listIngestJobs(deps.db, {
        limit: limit + 1,
        after: after && { createdAt: after.createdAt, jobId: after.id },
        ...{ states: state, source, itemId },
      });
      const page = jobs.slice(0, limit);
      const last = page.at(-1);
      const more = jobs.length > limit && last;
      return {
        jobs: await Promise.all(page.map((job) => jobBody(deps.db, job, deps.clock.now()))),
        nextCursor: more ? encodeCursor({ createdAt: last.createdAt, id: last.jobId }) : null,
      };
    },
  );
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
    async (request) => jobBody(deps.db, await existing(deps.db, request.params.id), deps.clock.now()),
  );
};

/** `GET /ingest/jobs`, `GET /ingest/jobs/:id`, `POST /ingest/jobs/:id/retry`, `POST /ingest/jobs/:id/cancel` */
export const ingestJobsRoute: FastifyPluginAsyncTypebox<IngestRouteDeps> = async (app, deps) => {
  await app.register(readingRoutes, deps);
  app.post(
    '/ingest/jobs/:id/retry',
    {
      config: { access: 'ingest' },
      schema: {
        operationId: 'retryIngestJob',
        tags: ['ingest'],
        summary: 'Queue a job again that failed, was quarantined or found no text',
        security: [{ apiKey: ['ingest'] }],
        params: JobParams,
        response: { 202: ref(Job), ...problems(400, 404, 409, ...guarded) },
      },
    },
    async (request, reply) => {
      const queued = await retryIngestJob(deps.db, request.params.id);
      if (!queued) throw notRetried(await existing(deps.db, request.params.id));
      deps.wake();
      return reply.code(202).send(await jobBody(deps.db, queued, deps.clock.now()));
    },
  );
  app.post(
    '/ingest/jobs/:id/cancel',
    {
      config: { access: 'ingest' },
      schema: {
        operationId: 'cancelIngestJob',
        tags: ['ingest'],
        summary: 'Stop a job that has not ended; nothing of it stays',
        security: [{ apiKey: ['ingest'] }],
        params: JobParams,
        response: { 200: ref(Job), ...problems(400, 404, 409, ...guarded) },
      },
    },
    async (request) => {
      const cancelled = await cancel(deps, request.params.id);
      if (!cancelled) {
        const { state } = await existing(deps.db, request.params.id);
        throw new LunaError('LUNA_JOB_STATE', `The job has ended already: it is ${state}.`, { status: 409 });
      }
      return jobBody(deps.db, cancelled, deps.clock.now());
    },
  );
};
