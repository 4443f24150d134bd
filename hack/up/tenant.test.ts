import { expect, it } from 'vitest';
import { waitingFor } from './tenant.ts';

const tenant = (
  generation: number,
  ...conditions: { type: string; status: string; observedGeneration?: number }[]
) => ({
  metadata: { generation },
  status: { conditions },
});

it('waits for the parts that are not ready, by name', () => {
  const waiting = waitingFor(
    tenant(
      1,
      { type: 'Ready', status: 'False' },
      { type: 'ApiReady', status: 'False' },
      { type: 'DatabaseReady', status: 'True' },
    ),
  );
  expect(waiting).toBe('1 of 2 parts ready, waiting for ApiReady');
});

it('does not take the readiness of an older generation for an answer', () => {
  expect(waitingFor(tenant(2, { type: 'Ready', status: 'True', observedGeneration: 1 }))).toBeDefined();
  expect(waitingFor(tenant(2, { type: 'Ready', status: 'True', observedGeneration: 2 }))).toBeUndefined();
});
