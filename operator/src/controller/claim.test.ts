import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@luna-iems/kube-runtime';
import { tenantFixture } from '../testing/fixtures.ts';
import { claimNamespace, mayDelete } from './claim.ts';

const tenant = tenantFixture();
const namespace = (metadata: {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deletionTimestamp?: string;
}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'luna-demo', ...metadata },
});
const ours = { 'luna-iems.io/tenant': 'demo' };
const uid = (value: string): Record<string, string> => ({ 'luna-iems.io/tenant-uid': value });

describe('claimNamespace', () => {
  it.each([
    ['its own', namespace({ labels: ours, annotations: uid('uid-demo') }), 'ours'],
    [
      'one retained for this name',
      namespace({ labels: ours, annotations: { ...uid('old'), 'luna-iems.io/retained': 'true' } }),
      'readopt',
    ],
    ['one of a former tenant that was not retained', namespace({ labels: ours, annotations: uid('old') }), 'refuse'],
    ['one that somebody labelled but no tenant recorded', namespace({ labels: ours }), 'refuse'],
    [
      "another tenant's",
      namespace({ labels: { 'luna-iems.io/tenant': 'other' }, annotations: uid('uid-demo') }),
      'refuse',
    ],
    ['a foreign one', namespace({}), 'refuse'],
    ['a retained label that is not ours', namespace({ annotations: { 'luna-iems.io/retained': 'true' } }), 'refuse'],
    [
      'its own, on its way out',
      namespace({ labels: ours, annotations: uid('uid-demo'), deletionTimestamp: 'now' }),
      'wait',
    ],
  ])('decides over %s', (_what, found, verdict) => {
    expect(claimNamespace(tenant, found).verdict).toBe(verdict);
  });

  it('says whose the namespace is and what to do', () => {
    expect(claimNamespace(tenant, namespace({}))).toMatchObject({
      reason: 'NamespaceTaken',
      message: expect.stringMatching(/spec\.namespace/) as string,
    });
    const other = namespace({ labels: { 'luna-iems.io/tenant': 'other' } });
    expect(claimNamespace(tenant, other)).toMatchObject({
      message: expect.stringMatching(/belongs to the LunaTenant other/) as string,
    });
  });
});

describe('mayDelete', () => {
  it('needs the label and the recorded UID', () => {
    expect(mayDelete(tenant, namespace({ labels: ours, annotations: uid('uid-demo') }))).toBe(true);
    expect(mayDelete(tenant, namespace({ labels: ours, annotations: uid('old') }))).toBe(false);
    expect(mayDelete(tenant, namespace({ labels: ours }))).toBe(false);
    expect(mayDelete(tenant, namespace({ annotations: uid('uid-demo') }))).toBe(false);
  });
});
