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
    chat: Type.Object({ model: Nullable(Type.String()), mode: Type.String() }),
  },
  { $id: 'StatusSummary' },
);
