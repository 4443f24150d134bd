import { Type } from 'typebox';
import { Nullable, Timestamp, oneOf } from './common.ts';

export const ComponentState = Type.Object({
  ok: Type.Boolean(),
  latencyMs: Type.Number(),
  error: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});

export const Live = Type.Object({ status: Type.Literal('ok') });

export const Ready = Type.Object({
  status: oneOf(['ready', 'not_ready']),
  reasons: Type.Array(Type.String({ description: 'One sentence for each thing that is missing.' })),
});

const Count = Nullable(Type.Integer());

export const StatusSummary = Type.Object(
  {
    tenant: Type.String(),
    version: Type.String(),
    at: Timestamp,
    ready: Type.Boolean(),
    schemaVersion: Nullable(Type.Integer()),
    components: Type.Record(Type.String(), ComponentState),
    counts: Type.Object(
      {
        items: Count,
        chunks: Count,
        points: Count,
        events: Count,
        smart_meter_readings: Count,
        market_prices: Count,
        users: Count,
        openJobs: Count,
      },
      { description: 'null where the part that counts does not answer.' },
    ),
    simulation: Type.Object({
      state: Type.String(),
      lastWrites: Type.Object({ meter: Nullable(Timestamp), market: Nullable(Timestamp) }),
    }),
    embedding: Type.Object({
      model: Type.String(),
      dimensions: Type.Integer(),
      normalisation: Nullable(Type.String()),
      collection: Nullable(Type.String()),
      selfTest: Type.String({ description: 'passed, failed or pending' }),
      reason: Type.Optional(Type.String()),
      failures: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
    }),
    reconcile: Nullable(
      Type.Object(
        {
          state: oneOf(['consistent', 'mended', 'incomplete', 'failed']),
          startedAt: Timestamp,
          finishedAt: Nullable(Timestamp),
          chunks: Type.Integer({ description: 'Live chunks looked at.' }),
          points: Type.Integer({ description: 'Points looked at.' }),
          missing: Type.Integer({ description: 'Chunks that had no point.' }),
          wrong: Type.Integer({ description: 'Points that said something else than their chunk.' }),
          orphans: Type.Integer({ description: 'Points that belonged to nothing.' }),
          mended: Type.Integer({ description: 'Of all these, how many were put right.' }),
          error: Nullable(Type.String()),
        },
        { description: 'The last comparison of the stored chunks with the vector store; null before the first.' },
      ),
    ),
    originals: Nullable(
      Type.Object(
        {
          inDatabase: Type.Integer({ description: 'Files whose bytes lie in the database.' }),
          inObjectStore: Type.Integer(),
          toRemove: Type.Integer({ description: 'Objects of deleted and replaced documents that are still to go.' }),
          objectStore: oneOf(['off', 'on', 'reading'], {
            description: 'on: files go there. reading: only those that are there are read and removed.',
          }),
          compared: Nullable(
            Type.Object(
              {
                objects: Type.Integer({ description: 'Objects looked at.' }),
                missing: Type.Integer({ description: 'Files whose object is gone or not whole.' }),
                orphans: Type.Integer({ description: 'Objects that belonged to nothing; they were removed.' }),
              },
              { description: 'The last comparison with the object store; null where it could not be looked at.' },
            ),
          ),
        },
        { description: 'Where the original files lie; null while the database does not answer.' },
      ),
    ),
    search: Type.Object({
      words: Type.Integer({ description: 'German words of the documents, of which compounds are made.' }),
      competence: Type.Record(Type.String(), Type.Number(), {
        description:
          'How well the embedding model finds answers worded differently from the question, by language, 0..1.',
      }),
      shares: Type.Record(
        Type.String(),
        Type.Object({
          share: Type.Number({
            description: "The dense leg's share in the fusion, measured on the tenant's own documents.",
          }),
          trials: Type.Integer(),
          lexical: Type.Number({ description: 'nDCG@10 of the trials by words alone.' }),
          dense: Type.Number({ description: 'The same by vectors alone.' }),
          fused: Type.Number({ description: 'The same of both, fused with the share.' }),
        }),
        { description: 'By language; not there while there are too few documents to measure it.' },
      ),
    }),
    chat: Type.Object({ model: Nullable(Type.String()), mode: Type.String() }),
    reader: Nullable(
      Type.Object(
        {
          model: Type.String(),
          selfTest: oneOf(['passed', 'failed', 'pending'], { description: 'failed: its word does not count.' }),
          right: Type.Optional(
            Type.Number({
              description:
                'How often it preferred a passage that answers to one that does not, 0..1; not there where it said neither yes nor no.',
            }),
          ),
        },
        { description: 'The model that says whether a passage answers a question; null where none is wanted.' },
      ),
    ),
  },
  { $id: 'StatusSummary' },
);
