import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@luna-iems/kube-runtime';
import { findWorkload } from '../observed.ts';
import { desired } from '../plan/desired.ts';
import { observedFixture, platformFixture, rolledOutFixture, tenantFixture } from '../testing/fixtures.ts';
import { statusOf } from '../status/status.ts';
import { growVolumes, withFormerClaims, withLiveClaims } from './volumes.ts';
import { reduced, trimmed } from './reduced.ts';

const tenant = tenantFixture();
const platform = platformFixture();
const planned = desired(tenant, platform, { apiServer: [], pulling: false });
const live: KubeObject[] = planned.map(({ object }) => {
  const managedFields = [{ manager: 'luna-operator', operation: 'Apply', fieldsV1: { 'f:spec': {} } }];
  const whole = rolledOutFixture(object);
  return { ...whole, metadata: { ...whole.metadata, managedFields } };
});
const small = live.map(reduced);

describe('reduced', () => {
  it('changes nothing that a status says', () => {
    const isInPlace = (): boolean => true;
    const of = (objects: KubeObject[]): unknown =>
      statusOf({ tenant, planned, observed: observedFixture(objects), platform, isInPlace }, 0);
    expect(of(small)).toEqual(of(live));
    const stopped = live.map((object) =>
      object.kind === 'CronJob' ? { ...object, spec: { ...(object['spec'] as object), suspend: true } } : object,
    );
    expect(of(stopped.map(reduced))).toEqual(of(stopped));
    expect(of(stopped)).not.toEqual(of(live));
  });

  it('leaves what volumes are compared by', async () => {
    const [whole, part] = [observedFixture(live), observedFixture(small)];
    const sets = planned.map(({ object }) => object).filter(({ kind }) => kind === 'StatefulSet');
    expect(sets).toHaveLength(3);
    for (const set of sets) {
      expect(withLiveClaims(set, part)).toEqual(withLiveClaims(set, whole));
      expect(withFormerClaims(set, part)).toEqual(withFormerClaims(set, whole));
      const none = undefined as never;
      expect(await growVolumes(none, set, part, new AbortController().signal)).toBe('settled');
    }
  });

  it('keeps metadata but for field sets, and little else', () => {
    for (const [index, object] of small.entries()) {
      const { managedFields: _fields, ...metadata } = live[index]?.metadata ?? { name: '' };
      expect(object.metadata).toEqual(metadata);
    }
    expect(findWorkload(observedFixture(small), 'Deployment', 'tenant-api')?.spec.replicas).toBe(1);
    expect(JSON.stringify(small).length).toBeLessThan(JSON.stringify(live).length / 2);
  });
});

describe('trimmed', () => {
  it('keeps of a pod what tells how it fares', () => {
    const state = { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } };
    const status = {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'True' }],
      containerStatuses: [{ name: 'main', ready: false, restartCount: 2, state }],
    };
    const metadata = { name: 'p', namespace: 'n', labels: { a: 'b' }, resourceVersion: '7' };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, managedFields: [] },
      spec: { containers: [] },
      status: {
        ...status,
        hostIP: '192.0.2.1',
        containerStatuses: status.containerStatuses.map((one) => ({ ...one, imageID: 'sha256:0' })),
      },
    };
    expect(trimmed(pod)).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata, status });
  });

  it('leaves whole what is applied, until it is seen to be in place', () => {
    for (const object of live) expect(trimmed(object)).toEqual(object);
  });
});
