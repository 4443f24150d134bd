import type { KubeObject } from '@luna-iems/kube-runtime';
import type { LunaTenant } from '../tenant.ts';
import { metaOf } from './meta.ts';
import { DATABASE_OWNER } from './postgres.ts';

/** Gives that many random bytes from a cryptographic source. */
export type RandomBytes = (count: number) => Buffer;

interface Definition {
  component: string;
  data: (random: RandomBytes) => Record<string, string>;
}

/** 256 bits, in letters that need no quoting in URLs, shells and YAML. */
function token(random: RandomBytes): string {
  return random(32).toString('base64url');
}

function login(component: string, username: string): Definition {
  return { component, data: (random) => ({ username, password: token(random) }) };
}

const SCOPES = ['ingest', 'ask', 'read', 'operate'];

const DEFINITIONS: Record<string, Definition> = {
  'postgres-owner': login('postgres', DATABASE_OWNER),
  'postgres-api': login('postgres', 'luna_api'),
  'postgres-sim': login('postgres', 'luna_sim'),
  'postgres-admin': login('postgres', 'luna_admin'),
  'qdrant-keys': {
    component: 'qdrant',
    data: (random) => ({ 'api-key': token(random), 'read-only-key': token(random) }),
  },
  'tenant-api-keys': {
    component: 'tenant-api',
    data: (random) => ({ admin: JSON.stringify({ key: `luna_${token(random)}`, scopes: SCOPES }) }),
  },
};

export const SECRET_NAMES: readonly string[] = Object.keys(DEFINITIONS);

/** The tenant's Secrets that do not exist yet. Those that exist are never named, so never changed. */
export function missingSecrets(tenant: LunaTenant, existing: ReadonlySet<string>, random: RandomBytes): KubeObject[] {
  return Object.entries(DEFINITIONS)
    .filter(([name]) => !existing.has(name))
    .map(([name, { component, data }]) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metaOf(tenant, component, name),
      type: 'Opaque',
      stringData: data(random),
    }));
}
