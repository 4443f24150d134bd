import { describe, expect, it } from 'vitest';
import type { KubeObject, ObjectMeta } from '@luna-iems/kube-runtime';
import { platformFixture, tenantFixture } from '../testing/fixtures.ts';
import { desired } from './desired.ts';

const FACTS = { apiServer: [], pulling: false };
const metadata = {
  labels: {
    'example.com/cost-center': '42',
    'example.com/team': 'blue',
    other: 'no',
    'luna-iems.io/tenant': 'forged',
    'app.kubernetes.io/name': 'forged',
  },
  annotations: { 'linkerd.io/inject': 'disabled', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
};

function planWith(inherit: { labels: string[]; annotations: string[] }): KubeObject[] {
  const tenant = tenantFixture({}, metadata);
  return desired(tenant, platformFixture({ inherit }), FACTS).map(({ object }) => object);
}
const everything = planWith({ labels: ['*'], annotations: ['*'] });
const nothing = planWith({ labels: [], annotations: [] });

/** Metadata of the pods that come of an object, where a change of it is possible. */
function podMeta({ kind, spec }: KubeObject): ObjectMeta | undefined {
  interface Templated {
    template?: { metadata: ObjectMeta };
    jobTemplate?: { spec: Templated };
  }
  if (kind === 'Job') return undefined;
  const { template, jobTemplate } = (spec ?? {}) as Templated;
  return template?.metadata ?? jobTemplate?.spec.template?.metadata;
}

describe('labels and annotations of a LunaTenant', () => {
  it('reach every object and pod, as far as the platform lets them through', () => {
    const objects = planWith({ labels: ['example.com/*'], annotations: ['linkerd.io/inject'] });
    const pods = objects.flatMap((object) => podMeta(object) ?? []);
    expect(pods.length).toBeGreaterThanOrEqual(7);
    for (const { labels, annotations } of [...objects.map((object) => object.metadata), ...pods]) {
      expect(labels).toMatchObject({ 'example.com/cost-center': '42', 'example.com/team': 'blue' });
      expect(annotations).toMatchObject({ 'linkerd.io/inject': 'disabled' });
      expect(labels).not.toHaveProperty('other');
    }
  });

  it('stay where they are when the platform names none', () => {
    expect(JSON.stringify(nothing)).not.toMatch(/example\.com|linkerd/);
  });

  it('never take the place of what the plan says, nor carry what means only the tenant itself', () => {
    expect(JSON.stringify(everything)).not.toMatch(/forged|last-applied/);
    const names = (objects: KubeObject[]): string[] => objects.map(({ kind, metadata: { name } }) => `${kind}/${name}`);
    expect(names(everything)).toEqual(names(nothing));
  });

  it('leave alone what cannot change: selectors, claims and the pods of a Job', () => {
    const fixed = (objects: KubeObject[]): unknown[] =>
      objects.map(({ kind, spec }) => {
        const { selector, volumeClaimTemplates, podSelector } = (spec ?? {}) as Record<string, unknown>;
        return [selector, volumeClaimTemplates, podSelector, kind === 'Job' ? spec : undefined];
      });
    expect(fixed(everything)).toEqual(fixed(nothing));
  });
});
