import { contentHash } from '@luna-iems/kube-runtime';
import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import { desired } from './desired.ts';
import { templateMark } from './template-marks.ts';

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
      reader: { name: 'reader' },
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
