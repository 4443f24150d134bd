import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createClient } from './client.ts';
import { fenceWrites } from './fence.ts';
import { builtinKinds } from './kinds.ts';
import { createLeaderElector, type LeaderElector } from './leader-elector.ts';
import { configMap, eventually, openApi, type ApiFixture } from './testing/api-fixture.ts';

const { Lease } = builtinKinds;
const times = { leaseDurationMs: 3000, renewDeadlineMs: 2000, retryPeriodMs: 200 };
let api: ApiFixture;
beforeAll(async () => {
  api = await openApi(inject('kubeconfig'));
});
afterAll(() => api.close());

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

interface Candidate {
  elector: LeaderElector;
  stop: AbortController;
  done: Promise<void>;
}

const campaign = (name: string, identity: string, lead = untilAborted): Candidate => {
  const elector = createLeaderElector({
    client: api.client,
    lease: { name, namespace: api.namespace },
    identity,
    ...times,
  });
  const stop = new AbortController();
  return { elector, stop, done: elector.run(lead, stop.signal) };
};

describe('leader elector against a real API server', () => {
  it('writes a lease the server accepts, with six-digit times', async () => {
    const one = campaign('times', 'one');
    await eventually('a leader', () => one.elector.isLeader());
    const lease = await api.client.get(Lease, { namespace: api.namespace, name: 'times' });
    const time = expect.stringMatching(/\.\d{6}Z$/) as string;
    expect(lease?.['spec']).toMatchObject({
      holderIdentity: 'one',
      leaseDurationSeconds: 3,
      acquireTime: time,
      renewTime: time,
      leaseTransitions: 0,
    });
    one.stop.abort();
    await one.done;
  });

  it('lets one of many lead, and hands over on release without waiting for the lease to run out', async () => {
    const leading: string[] = [];
    const log = (identity: string) => async (signal: AbortSignal) => {
      leading.push(`${identity} begins`);
      await untilAborted(signal);
      leading.push(`${identity} ends`);
    };
    const candidates = ['a', 'b', 'c'].map((identity) => ({ identity, ...campaign('many', identity, log(identity)) }));
    for (let turn = 0; turn < candidates.length; turn++) {
      await eventually('a leader', () => candidates.some(({ elector }) => elector.isLeader()));
      expect(candidates.filter(({ elector }) => elector.provablyHeld())).toHaveLength(1);
      const leader = candidates.find(({ elector }) => elector.isLeader());
      leader?.stop.abort();
      await leader?.done;
    }
    const order = leading.map((line) => line.split(' ')[1]);
    expect(order).toEqual(['begins', 'ends', 'begins', 'ends', 'begins', 'ends']);
    expect(new Set(leading.map((line) => line[0])).size).toBe(3);
    const lease = await api.client.get(Lease, { namespace: api.namespace, name: 'many' });
    expect(lease?.['spec']).toMatchObject({ holderIdentity: '', leaseTransitions: 2 });
  });

  it('ends its reign and fences its writes when another takes the lease', async () => {
    const one = campaign('stolen', 'one');
    const fenced = createClient({ transport: fenceWrites(api.transport, () => one.elector.provablyHeld()) });
    await eventually('a leader', () => one.elector.isLeader());
    await fenced.create(configMap(api.namespace, 'as-leader'));
    const spec = { holderIdentity: 'thief', leaseDurationSeconds: 60, renewTime: '2030-01-01T00:00:00.000000Z' };
    await api.client.patch(Lease, { namespace: api.namespace, name: 'stolen' }, { type: 'merge', body: { spec } });
    await eventually('the loss', () => !one.elector.isLeader());
    await expect(fenced.create(configMap(api.namespace, 'too-late'))).rejects.toMatchObject({ code: 'KUBE_FENCED' });
    expect(await fenced.get(builtinKinds.ConfigMap, { namespace: api.namespace, name: 'too-late' })).toBeUndefined();
    one.stop.abort();
    await one.done;
    expect((await api.client.get(Lease, { namespace: api.namespace, name: 'stolen' }))?.['spec']).toMatchObject({
      holderIdentity: 'thief',
    });
  });
});
