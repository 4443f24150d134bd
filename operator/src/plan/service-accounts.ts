import type { LunaTenant } from '../tenant.ts';
import { metaOf, type Planned } from './meta.ts';
import { OBJECT_STORE, ownObjectStore } from './object-store.ts';
import { SIMULATORS } from './simulation.ts';

const ACCOUNTS = ['postgres', 'schema', 'qdrant', 'tika', 'ollama', 'tenant-api', ...SIMULATORS];

/** One ServiceAccount per component. None mounts a token by itself; tenant-api's pods ask for theirs. */
export function planServiceAccounts(tenant: LunaTenant): Planned[] {
  const accounts = ownObjectStore(tenant) === undefined ? ACCOUNTS : [...ACCOUNTS, OBJECT_STORE];
  return accounts.map((component) => ({
    object: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metaOf(tenant, component),
      automountServiceAccountToken: false,
    },
  }));
}
