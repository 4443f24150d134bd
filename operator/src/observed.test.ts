import { describe, expect, it } from 'vitest';
import { rolledOut, type Workload } from './observed.ts';

const workload = (status: object, replicas = 1): Workload =>
  ({ metadata: { name: 'tenant-api', generation: 2 }, spec: { replicas }, status }) as unknown as Workload;

describe('rolledOut', () => {
  const done = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, readyReplicas: 1 };

  it('is true when every pod is of the current version and ready', () => {
    expect(rolledOut(workload(done))).toBe(true);
    expect(rolledOut(workload({ observedGeneration: 2 }, 0))).toBe(true);
  });

  it.each([
    ['its controller has not seen the current spec', { ...done, observedGeneration: 1 }],
    ['a former pod is the one that is ready', { ...done, replicas: 2 }],
    ['the new pod is not ready', { ...done, readyReplicas: 0 }],
    ['there is no new pod yet', { ...done, updatedReplicas: 0 }],
  ])('is false while %s', (_, status) => {
    expect(rolledOut(workload(status))).toBe(false);
  });
});
