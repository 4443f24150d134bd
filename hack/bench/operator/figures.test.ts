import { expect, it } from 'vitest';
import { flatten, medians, table } from './figures.ts';
import type { Measured } from './measure.ts';

const measured = (seconds: number): Measured => ({
  children: 41,
  completeSeconds: seconds,
  completeCpuSeconds: 1,
  completeServerCpuSeconds: 5,
  completeWrites: 1,
  peakMb: 100,
  steadyWrites: 0,
  steadyRequests: 0,
  steadyCpuSeconds: 0,
  restartSeconds: 1,
  restartCpuSeconds: 1,
  restartWrites: 0,
  restartPeakMb: 90,
  backlogP50Seconds: 1,
  backlogP99Seconds: 2,
  backlogChanges: 10,
  backlogLate: 0,
  backlogSeconds: 20,
  backlogUnfinished: 0,
});

it('gives each ratio beside both of its sides', () => {
  const flat = flatten(
    new Map([
      ['luna', measured(3)],
      ['kopf', measured(4)],
    ]),
  );
  expect(flat).toMatchObject({
    'luna.completeSeconds': 3,
    'kopf.completeSeconds': 4,
    'luna/kopf.completeSeconds': 0.75,
  });
  expect(Object.values(flat).every((value) => Number.isFinite(value))).toBe(true);
});

it('takes medians figure by figure, and refuses to make them of nothing', () => {
  expect(medians([measured(9), measured(1), measured(2)])).toMatchObject({ completeSeconds: 2, children: 41 });
  expect(() => medians([])).toThrow(RangeError);
});

it('makes a table with a column for each contender', () => {
  expect(table(new Map([['luna', measured(3)]])).split('\n')[2]).toBe('| all tenants complete, s | 3.0 |');
});

it('says of a backlog that was not built in time that it was not', () => {
  const last = (unfinished: number): string | undefined =>
    table(new Map([['kopf', { ...measured(3), backlogUnfinished: unfinished }]]))
      .split('\n')
      .at(-1);
  expect(last(0)).toBe('| backlog complete after, s | 20.0 |');
  expect(last(2)).toBe('| backlog complete after, s | did not finish in 20.0 |');
});
