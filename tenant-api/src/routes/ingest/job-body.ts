import { readItem, type Database, type IngestJob } from '@luna-iems/tenant-db';
import type { JobBody } from '../../schemas/ingest.ts';

function toBody(job: IngestJob, title: string | null, now: Date): JobBody {
  const end = job.finishedAt ?? now;
  return {
    jobId: job.jobId,
    state: job.state,
    itemId: job.itemId,
    version: job.version,
    title,
    source: job.source,
    mediaType: job.mediaType,
    bytes: job.bytes,
    chunks: job.progressDone,
    chunksTotal: job.progressTotal,
    attempts: job.attempts,
    seconds: Math.max(0, Math.round((end.getTime() - job.createdAt.getTime()) / 10) / 100),
    createdAt: job.createdAt.toISOString(),
    finishedAt: job.finishedAt?.toISOString() ?? null,
    warnings: job.warnings,
    ...(job.errorCode === null ? {} : { error: { code: job.errorCode, message: job.error ?? job.errorCode } }),
  };
}

/** A job as callers see it, with the title that the document turned out to have. */
export async function jobBody(db: Database, job: IngestJob, now: Date): Promise<JobBody> {
  const item = job.itemId === null || job.title !== null ? undefined : await readItem(db, job.itemId);
  return toBody(job, job.title ?? item?.title ?? null, now);
}
