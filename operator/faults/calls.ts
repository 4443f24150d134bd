import type { SeenCall, TransportRequest } from '@luna-iems/kube-runtime';

const PREFIX = 'luna-';
const SYSTEM = 'luna-system';

interface Named {
  metadata?: { name?: string };
  regarding?: { name?: string };
}

/** Which tenant a call is about; empty for calls about none or all (lists, watches, leases). Assumes default namespaces. */
export function tenantOf({ path, body, method }: Pick<TransportRequest, 'path' | 'body' | 'method'>): string {
  const named = (body ?? {}) as Named;
  if (path.includes('/events.k8s.io/')) return named.regarding?.name ?? beforeDot(path);
  const custom = /\/lunatenants\/([^/]+)/.exec(path);
  if (custom !== null) return custom[1] ?? '';
  if (method === 'POST' && path === '/api/v1/namespaces') return ofNamespace(nameIn(named));
  return ofNamespace(namespaceIn(path));
}

const namespaceIn = (path: string): string => /\/namespaces\/([^/]+)/.exec(path)?.[1] ?? '';
const nameIn = ({ metadata }: Named): string => metadata?.name ?? '';
/** An Event's name begins with that of its object. */
const beforeDot = (path: string): string => path.split('/').at(-1)?.split('.')[0] ?? '';

/** The tenant whose namespace this is. */
export function ofNamespace(namespace: string): string {
  return namespace.startsWith(PREFIX) && namespace !== SYSTEM ? namespace.slice(PREFIX.length) : '';
}

/** A write's name that is the same for every tenant: `PATCH services/qdrant`. */
export function nameOf(call: Pick<SeenCall, 'method' | 'path' | 'body'>): string {
  const tenant = tenantOf(call);
  const collection = call.method === 'POST' ? `${call.path}/${nameIn(call.body ?? {})}` : call.path;
  const short = collection.replace(/^\/apis?\/([^/]+\/)?v[^/]+\//, '').replace(/^namespaces\/[^/]+\/(?=[a-z]+\/)/, '');
  if (collection.includes('/events.k8s.io/')) return `${call.method} events`;
  return `${call.method} ${maskName(short, tenant)}`;
}

/** Takes out of a text what differs between two tenants: the name, and the hash in the schema Job's name. */
export function maskName(text: string, tenant: string): string {
  const masked = tenant === '' ? text : text.replaceAll(tenant, 'TENANT');
  return masked.replace(/schema-[0-9a-f]{10}/g, 'schema-HASH');
}

/** Numbers equal names: `PATCH lunatenants/TENANT/status#2`. */
export function numbered(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `${name}#${String(count)}`;
  });
}

/** Numbers a tenant's writes as they come: gives the name of each, as in {@link numbered}. */
export function createNumberer(): (call: SeenCall) => string {
  const counts = new Map<string, number>();
  return (call) => {
    const name = nameOf(call);
    const key = `${call.scope} ${name}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return `${name}#${String(count)}`;
  };
}

/** Deletions that would also hit another object of the same name. */
export function recklessDeletes(calls: readonly SeenCall[]): string[] {
  const uidOf = (body: unknown): unknown =>
    (body as { preconditions?: { uid?: unknown } } | undefined)?.preconditions?.uid;
  return calls
    .filter(({ method, body }) => method === 'DELETE' && typeof uidOf(body) !== 'string')
    .map((call) => `${call.scope}: ${nameOf(call)} without a UID`);
}
