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
  rowsPerSecond: Type.Integer(),
  progress: Nullable(
    Type.Number({ description: 'While it runs: the share of the time up to its start that is filled, 0 to 1.' }),
  ),
  errorCode: Nullable(Type.String()),
  error: Nullable(Type.String()),
});

export const SimStatus = Type.Object(
  {
    state: oneOf(['running', 'stopped', 'mixed', 'unknown'], {
      description: 'unknown: not in a cluster, or the API server does not answer.',
    }),
    cronJobs: Type.Array(CronJobState),
    lastWrites: Type.Object({ meter: Nullable(Timestamp), market: Nullable(Timestamp) }),
    lagSeconds: Type.Object(
      { meter: Nullable(Type.Integer()), market: Nullable(Type.Integer()) },
      { description: 'From the newest interval to now; negative for prices that are known ahead.' },
    ),
    lastRuns: Type.Array(SimRunSchema),
    lastError: Nullable(
      Type.Object({
        kind: Type.String(),
        at: Timestamp,
        code: Nullable(Type.String()),
        message: Nullable(Type.String()),
        overcome: Type.Boolean({ description: 'A later run of the kind ended well.' }),
      }),
    ),
    reason: Type.Optional(Type.String()),
  },
  { $id: 'SimulationStatus' },
);
