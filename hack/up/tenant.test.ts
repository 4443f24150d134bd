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

it('waits out an upgrade during which the former API still serves', () => {
  const ready = { type: 'Ready', status: 'True', observedGeneration: 1 };
  const running = (api: string, ...more: { type: string; status: string }[]) => {
    const view = tenant(1, ready, ...more);
    return { ...view, status: { ...view.status, versions: { api } } };
  };
  expect(waitingFor(running('api:1'), 'api:2')).toMatch(/former/);
  expect(waitingFor(running('api:2', { type: 'Progressing', status: 'True' }), 'api:2')).toBeDefined();
  expect(waitingFor(running('api:2'), 'api:2')).toBeUndefined();
});
