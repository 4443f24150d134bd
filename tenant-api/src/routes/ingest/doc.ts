import { rm } from 'node:fs/promises';
import multipart, { type Multipart } from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { LunaError, errorCode, splitList } from '@luna-iems/service-kit';
import { readIngestJob, type IngestJob } from '@luna-iems/tenant-db';
import { enqueueFile, inspectFile, receiveFile, type ReceivedFile, type UploadFields } from '../../ingest/upload.ts';
import { guarded, problems, ref } from '../../schemas/common.ts';
import { Job, UploadForm, WaitQuery } from '../../schemas/ingest.ts';
import { languageOfTag } from '../../text/language.ts';
import { cleanText, oneLine } from '../../text/clean.ts';
import { callerGone } from '../abort.ts';
import type { IngestRouteDeps } from './deps.ts';
import { jobBody } from './job-body.ts';

/** What the multipart framing and the fields may add to a file of the greatest size. */
const FRAMING_BYTES = 64 * 1024;
/** What another replica works on ends unheard here. */
const POLL_MS = 250;

function bad(detail: string): LunaError {
  return new LunaError('LUNA_UPLOAD_FORM', detail, { status: 400 });
}

/** Refuses before reading what cannot be right. */
function checkHeaders(request: FastifyRequest, maxBytes: number): void {
  if (!request.isMultipart()) {
    throw new LunaError('LUNA_UNSUPPORTED_MEDIA_TYPE', 'Send the file as multipart/form-data, in the field "file".', {
      status: 415,
    });
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes + FRAMING_BYTES) {
    throw new LunaError('LUNA_UPLOAD_TOO_LARGE', `The file is larger than ${maxBytes} bytes.`, {
      status: 413,
      details: { maxBytes },
    });
  }
}

function field(values: ReadonlyMap<string, string>, name: string, most: number): string | undefined {
  const value = oneLine(cleanText(values.get(name) ?? ''));
  if (value.length > most) throw bad(`The field "${name}" is longer than ${most} characters.`);
  return value === '' ? undefined : value;
}

function readFields(values: ReadonlyMap<string, string>): UploadFields {
  const tags = [...new Set(splitList(values.get('tags')).map((tag) => oneLine(cleanText(tag))))].filter(
    (tag) => tag !== '',
  );
  if (tags.length > 20 || tags.some((tag) => tag.length > 100)) throw bad('At most 20 tags of at most 100 characters.');
  const stated = field(values, 'language', 35);
  const language = languageOfTag(stated);
  if (stated !== undefined && language === undefined)
    throw bad('The field "language" is de or en; leave it out to have it detected.');
  const source = field(values, 'source', 1000);
  const title = field(values, 'title', 300);
  return { tags, ...(source ? { source } : {}), ...(title ? { title } : {}), ...(language ? { language } : {}) };
}

interface Received {
  file?: ReceivedFile;
  values: Map<string, string>;
}

async function receivePart(part: Multipart, received: Received, deps: IngestRouteDeps): Promise<void> {
  if (part.type === 'field') {
    if (typeof part.value === 'string') received.values.set(part.fieldname, part.value);
    return;
  }
  if (part.fieldname !== 'file' || received.file) {
    part.file.resume();
    throw bad('The one file goes in the field "file".');
  }
  received.file = await receiveFile(part.file, {
    dir: deps.uploadDir,
    maxBytes: deps.maxBytes,
    fileName: part.filename,
  });
}

/** The form's parser throws plain errors for a broken form, and an upload that its sender gave up ends too early. */
function formError(error: unknown): unknown {
  if (error instanceof LunaError || !(error instanceof Error)) return error;
  const { statusCode } = error as { statusCode?: unknown };
  const code = errorCode(error);
  if (statusCode !== undefined || (code !== undefined && code !== 'ERR_STREAM_PREMATURE_CLOSE')) return error;
  return new LunaError('LUNA_UPLOAD_FORM', 'The multipart form is broken or incomplete.', {
    status: 400,
    cause: error,
  });
}

async function receiveForm(request: FastifyRequest, deps: IngestRouteDeps, received: Received): Promise<ReceivedFile> {
  try {
    for await (const part of request.parts()) await receivePart(part, received, deps);
  } catch (error) {
    throw formError(error);
  }
  if (!received.file) throw bad('There is no file in the field "file".');
  return received.file;
}

async function enqueue(request: FastifyRequest, deps: IngestRouteDeps): Promise<IngestJob> {
  const received: Received = { values: new Map() };
  try {
    const file = await receiveForm(request, deps, received);
    const fields = readFields(received.values);
    return await enqueueFile(deps.db, file, await inspectFile(file), fields);
  } finally {
    if (received.file) await rm(received.file.path, { force: true });
  }
}

/** Waits until the job has ended, or the time is over, or the caller has gone. */
async function waitForEnd(
  { db, heard }: IngestRouteDeps,
  job: IngestJob,
  seconds: number,
  signal: AbortSignal,
): Promise<IngestJob> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(seconds * 1000))]);
  let current = job;
  while (current.finishedAt === null && !deadline.aborted) {
    await heard(job.jobId, AbortSignal.any([deadline, AbortSignal.timeout(POLL_MS)]));
    current = (await readIngestJob(db, job.jobId)) ?? current;
  }
  return current;
}

function failureOf(job: IngestJob): LunaError {
  const code = job.errorCode ?? 'LUNA_INGEST_FAILED';
  const status = /^LUNA_(?:DOCUMENT|EMBED)_/u.test(code) ? 422 : 502;
  return new LunaError(code, job.error ?? 'The document could not be ingested.', {
    status,
    details: { jobId: job.jobId },
  });
}

/** `POST /ingest/doc` */
export const ingestDocRoute: FastifyPluginAsyncTypebox<IngestRouteDeps> = async (app, deps) => {
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fileSize: deps.maxBytes, files: 1, fields: 10, fieldSize: 16 * 1024, parts: 12, headerPairs: 50 },
  });
  const compile = app.validatorCompiler ?? (() => () => true);
  app.post(
    '/ingest/doc',
    {
      config: { access: 'ingest' },
      // The form is read as a stream; its schema is there for the reader of the document.
      validatorCompiler: (route) => (route.httpPart === 'body' ? () => true : compile(route)),
      schema: {
        operationId: 'ingestDocument',
        tags: ['ingest'],
        summary: 'Upload a document (TXT, Markdown, HTML, PDF, DOCX, PNG, JPEG, TIFF)',
        description:
          "Fields: file (required), source (default: the file's name; new bytes of the same source replace the old ones), title, tags (divided by commas), language (de, en).",
        security: [{ apiKey: ['ingest'] }],
        consumes: ['multipart/form-data'],
        body: UploadForm,
        querystring: WaitQuery,
        response: { 200: ref(Job), 202: ref(Job), ...problems(400, 413, 415, 422, 502, ...guarded) },
      },
    },
    async (request, reply) => {
      checkHeaders(request, deps.maxBytes);
      const job = await enqueue(request, deps);
      deps.wake();
      const { wait = 0 } = request.query;
      const current = wait > 0 ? await waitForEnd(deps, job, wait, callerGone(reply)) : job;
      if (current.state === 'failed' || current.state === 'quarantined') throw failureOf(current);
      reply.header('location', `/ingest/jobs/${job.jobId}`);
      return reply
        .code(current.finishedAt === null ? 202 : 200)
        .send(await jobBody(deps.db, current, deps.clock.now()));
    },
  );
};
