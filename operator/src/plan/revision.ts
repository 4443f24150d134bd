import { contentHash, type KubeObject } from '@luna-iems/kube-runtime';
import type { Platform } from '../platform.ts';
import { TEMPLATE_ANNOTATION, type LunaTenant } from '../tenant.ts';
import { desired } from './desired.ts';
import type { Planned } from './meta.ts';

const storage = { size: '1Gi' };

/** A tenant with one of everything that has pods. */
const REFERENCE: LunaTenant = {
  apiVersion: 'luna-iems.io/v1alpha1',
  kind: 'LunaTenant',
  metadata: { name: 'reference' },
  spec: {
    database: { storage },
    vectorStore: { storage },
    extraction: {},
    models: {
      embedding: { name: 'embedding', dimensions: 1 },
      chat: { name: 'chat' },
      source: { type: 'image' },
      storage,
    },
    api: { replicas: 2 },
    objectStore: { enabled: true, storage },
    simulation: { enabled: true, schedule: '* * * * *' },
    privacy: { allowAggregates: false },
    network: { apiClients: [] },
    monitoring: { serviceMonitor: 'disabled' },
    hibernate: false,
    paused: false,
    deletionPolicy: 'Retain',
    deletionProtection: false,
  },
};

/**
 * A name for what this version of the operator with these settings makes of tenants' pods. It changes exactly when tenants' pods
 * would be restarted without their users having changed anything.
 */
export function planRevision(platform: Platform): string {
  const planned = desired(REFERENCE, platform, { apiServer: [], pulling: false });
  return contentHash(planned.map(({ object }) => templateMark(object) ?? '')).slice(0, 12);
}

/** The mark of what an object's pods are like; undefined for what has no pods. */
export function templateMark(object: KubeObject): string | undefined {
  return object.kind === 'Job' ? object.metadata.name : object.metadata.annotations?.[TEMPLATE_ANNOTATION];
}

/** Marks everything that has pods with a hash of what they are like. */
export function markTemplates(planned: readonly Planned[]): Planned[] {
  return planned.map((item) => {
    const { metadata, spec } = item.object as KubeObject & { spec?: { template?: object; jobTemplate?: object } };
    const template = item.object.kind === 'Job' ? undefined : (spec?.template ?? spec?.jobTemplate);
    if (template === undefined) return item;
    const annotations = { ...metadata.annotations, [TEMPLATE_ANNOTATION]: contentHash(template).slice(0, 12) };
    return { ...item, object: { ...item.object, metadata: { ...metadata, annotations } } };
  });
}
