import { Type } from 'typebox';
import { Nullable, Timestamp, oneOf } from './common.ts';

export const CronJobState = Type.Object({
  name: Type.String(),
  suspended: Type.Boolean(),
  schedule: Nullable(Type.String()),
  lastScheduleTime: Nullable(Timestamp),
  lastSuccessfulTime: Nullable(Timestamp),
  active: Type.Integer({ description: 'Pods at work now.' }),
});

export const SimRunSchema = Type.Object({
  kind: Type.String(),
  state: Type.String(),
  startedAt: Timestamp,
  finishedAt: Nullable(Timestamp),
  rangeFrom: Nullable(Timestamp),
  rangeTo: Nullable(Timestamp),
  rows: Type.Integer(),
  error: Nullable(Type.String()),
});

export const SimStatus = Type.Object(
  {
    state: oneOf(['running', 'stopped', 'mixed', 'unknown'], {
      description: 'unknown: not in a cluster, or the API server does not answer.',
    }),
    cronJobs: Type.Array(CronJobState),
    lastWrites: Type.Object({ meter: Nullable(Timestamp), market: Nullable(Timestamp) }),
    lastRuns: Type.Array(SimRunSchema),
    reason: Type.Optional(Type.String()),
  },
  { $id: 'SimulationStatus' },
);
