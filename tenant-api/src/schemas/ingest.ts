import { Type, type Static } from 'typebox';
import { Nullable, Timestamp, Uuid, oneOf, ref, freeText } from './common.ts';

export const JobState = oneOf(
  [
    ...(['queued', 'extracting', 'chunking', 'embedding', 'indexing'] as const),
    ...(['done', 'failed', 'duplicate', 'no_text', 'quarantined', 'cancelled'] as const),
  ],
  {
    description:
      'done: answerable. duplicate: these bytes of this source are here or under way. no_text: nothing to read in it, not even in its pictures. failed: see error. quarantined: the file breaks its reader and is put aside. cancelled: by a caller, or because its item was deleted.',
  },
);

export const Job = Type.Object(
  {
    jobId: Uuid,
    state: JobState,
    itemId: Nullable(Uuid),
    version: Nullable(Type.Integer()),
    title: Nullable(Type.String()),
    source: Type.String(),
    mediaType: Nullable(Type.String()),
    bytes: Nullable(Type.Integer()),
    chunks: Type.Integer({ description: 'Chunks made so far.' }),
    chunksTotal: Nullable(Type.Integer()),
    attempts: Type.Integer(),
    seconds: Type.Number({ description: 'From the upload to now, or to the end.' }),
    createdAt: Timestamp,
    finishedAt: Nullable(Timestamp),
    warnings: Type.Array(Type.String(), { description: 'What could not be read of a document that is answerable.' }),
    error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  },
  { $id: 'IngestJob' },
);
export type JobBody = Static<typeof Job>;

export const UploadForm = Type.Object({
  file: Type.String({ format: 'binary', description: 'TXT, Markdown, HTML, PDF, DOCX, PNG, JPEG or TIFF.' }),
  source: Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'Where it comes from; new bytes of the same source replace the old ones. Default: the file name.',
    }),
  ),
  title: Type.Optional(Type.String({ maxLength: 300 })),
  tags: Type.Optional(Type.String({ description: 'Divided by commas.' })),
  language: Type.Optional(Type.String({ description: 'de or en; detected when left out.' })),
});

export const WaitQuery = Type.Object({
  wait: Type.Optional(
    Type.Number({ minimum: 0, maximum: 120, description: 'Seconds to wait for the end of the job.' }),
  ),
});

export const JobsQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'nextCursor of the page before.' })),
  state: Type.Optional(
    Type.Array(JobState, { maxItems: 11, description: 'May be given more than once: then jobs in any of them.' }),
  ),
  source: Type.Optional(freeText({ minLength: 1, maxLength: 1000 })),
  itemId: Type.Optional(Uuid),
});

export const JobsPage = Type.Object({ jobs: Type.Array(ref(Job)), nextCursor: Nullable(Type.String()) });

export const JobParams = Type.Object({ id: Uuid });

export const Event = Type.Object(
  {
    eventId: Type.Optional(
      Type.String({ format: 'uuid', description: 'Chosen by the sender: the same event sent twice counts once.' }),
    ),
    ts: Timestamp,
    type: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[a-z][a-z0-9_.-]*$',
      description: 'view, click, like, solve, …',
    }),
    userId: Type.Optional(Uuid),
    itemId: Type.Optional(Uuid),
    meta: Type.Optional(
      // A record takes any name, whatever is given for its keys; only `propertyNames` is checked.
      Type.Record(
        Type.String(),
        Type.Union([freeText({ maxLength: 512 }), Type.Number(), Type.Boolean(), Type.Null()]),
        { propertyNames: freeText({ maxLength: 64 }) },
      ),
    ),
  },
  { additionalProperties: false },
);
export type EventBody = Static<typeof Event>;

export const TelemetryBody = Type.Object(
  { events: Type.Array(Event, { minItems: 1, maxItems: 1000 }) },
  { additionalProperties: false, description: 'Anonymous events; no names, no addresses.' },
);
export const TelemetryAnswer = Type.Object({
  accepted: Type.Integer({ description: 'Events in the request.' }),
  stored: Type.Integer({ description: 'Of these, events that were new.' }),
});
