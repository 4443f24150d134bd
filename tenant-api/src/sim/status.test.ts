import type { SimRun } from '@luna-iems/tenant-db';
import { expect, test } from 'vitest';
import { lastErrorOf, withPace } from './status.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 12, minute));

function run(values: Partial<SimRun>): SimRun {
  return {
    ...{ runId: 'a', kind: 'meter', state: 'done', rows: 6000, errorCode: null, error: null },
    ...{ startedAt: at(0), updatedAt: at(1), finishedAt: at(1), rangeFrom: null, rangeTo: null },
    ...values,
  };
}

test('a run says how fast it is, and while it runs how far', () => {
  expect(withPace(run({}))).toMatchObject({ rowsPerSecond: 100, progress: null });
  const running = run({ state: 'running', finishedAt: null, rangeFrom: at(-60), rangeTo: at(-45) });
  expect(withPace(running)).toMatchObject({ rowsPerSecond: 100, progress: 0.25 });
  expect(withPace({ ...running, rangeTo: at(90) })).toMatchObject({ progress: 1 });
  expect(withPace(run({ updatedAt: at(0), finishedAt: null }))).toMatchObject({ rowsPerSecond: 0 });
});

test('the newest failure is told, and whether its kind has worked since', () => {
  const failed = run({ runId: 'f', state: 'failed', errorCode: 'LUNA_CONFIG', error: 'a sentence' });
  const older = run({ runId: 'o', kind: 'market', state: 'failed', startedAt: at(-5) });
  expect(lastErrorOf([older, failed], [failed])).toMatchObject({ kind: 'meter', code: 'LUNA_CONFIG', overcome: false });
  expect(lastErrorOf([failed], [run({ runId: 'later' })])).toMatchObject({ overcome: true });
  expect(lastErrorOf([failed], [run({ runId: 'later', state: 'running' })])).toMatchObject({ overcome: false });
  expect(lastErrorOf([], [run({})])).toBeNull();
});
