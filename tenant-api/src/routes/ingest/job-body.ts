import type { IngestJob } from '@luna-iems/tenant-db';
import type { JobBody } from '../../schemas/ingest.ts';

/** A job as callers see it. */
export function jobBody(job: IngestJob, now: Date): JobBody {
  const end = job.finishedAt ?? now;
  return {
    jobId: job.jobId,
    state: job.state,
    itemId: job.itemId,
    version: job.version,
    title: job.title,
    source: job.source,
    mediaType: job.mediaType,
    bytes: job.bytes,
    chunks: job.progressDone,
    chunksTotal: job.progressTotal,
    attempts: job.attempts,
    seconds: Math.max(0, Math.round((end.getTime() - job.createdAt.getTime()) / 10) / 100),
    createdAt: job.createdAt.toISOString(),
    finishedAt: job.finishedAt?.toISOString() ?? null,
    ...(job.errorCode === null ? {} : { error: { code: job.errorCode, message: job.error ?? job.errorCode } }),
  };
}
