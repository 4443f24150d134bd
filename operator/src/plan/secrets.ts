import { contentHash, type KubeObject, type KubeResource } from '@luna-iems/kube-runtime';
import { ROTATED_ANNOTATION, ROTATE_ANNOTATION, type LunaTenant } from '../tenant.ts';
import { metaOf } from './meta.ts';
import { DATABASE_OWNER } from './database.ts';
import { OBJECT_STORE, OBJECT_STORE_KEYS, ownObjectStore } from './object-store.ts';

/** Gives that many random bytes from a cryptographic source. */
export type RandomBytes = (count: number) => Buffer;

interface Definition {
  /** Whether the tenant needs it; it always does when left out. */
  wanted?: (tenant: LunaTenant) => boolean;
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
  [OBJECT_STORE_KEYS]: {
    component: OBJECT_STORE,
    wanted: (tenant) => ownObjectStore(tenant) !== undefined,
    data: (random) => ({ 'access-key': 'luna', 'secret-key': token(random) }),
  },
  'tenant-api-keys': {
    component: 'tenant-api',
    data: (random) => ({ admin: JSON.stringify({ key: `luna_${token(random)}`, scopes: SCOPES }) }),
  },
};

/** The Secrets that every tenant has. */
export const SECRET_NAMES: readonly string[] = Object.keys(DEFINITIONS).filter(
  (name) => DEFINITIONS[name]?.wanted === undefined,
);

/** The tenant's Secrets that do not exist yet. Those that exist are never named, so never changed. */
export function missingSecrets(tenant: LunaTenant, existing: ReadonlySet<string>, random: RandomBytes): KubeObject[] {
  const rotation = rotationOf(tenant);
  const annotations = rotation === undefined ? {} : { annotations: { [ROTATED_ANNOTATION]: rotation } };
  return Object.entries(DEFINITIONS)
    .filter(([name, { wanted }]) => !existing.has(name) && (wanted?.(tenant) ?? true))
    .map(([name, { component, data }]) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metaOf(tenant, component, name), ...annotations },
      type: 'Opaque',
      stringData: data(random),
    }));
}

/** A merge patch that gives a Secret new content, once. */
export interface Rotation {
  readonly name: string;
  readonly body: object;
}

/**
 * New content for those Secrets that do not carry the rotation asked for yet. Content and mark come in one patch, and the patch
 * holds only for the Secret as it was seen: none is rotated twice. Entries that others added, such as further API keys, stay.
 */
export function rotations(tenant: LunaTenant, secrets: readonly KubeResource[], random: RandomBytes): Rotation[] {
  const rotation = rotationOf(tenant);
  if (rotation === undefined) return [];
  return secrets.flatMap(({ metadata }) => {
    const definition = DEFINITIONS[metadata.name];
    if (definition === undefined || metadata.annotations?.[ROTATED_ANNOTATION] === rotation) return [];
    const { name, resourceVersion } = metadata;
    const mark = { resourceVersion, annotations: { [ROTATED_ANNOTATION]: rotation } };
    return [{ name, body: { metadata: mark, stringData: definition.data(random) } }];
  });
}

/** What the tenant's annotation asks for; undefined when it asks for nothing. */
export function rotationOf({ metadata }: LunaTenant): string | undefined {
  const value = metadata.annotations?.[ROTATE_ANNOTATION];
  return value === '' ? undefined : value;
}

/**
 * A name for a Secret's content, from its metadata alone: who wrote content, and when. It changes whenever somebody writes content,
 * and not when labels or annotations change. (Two writes of one writer within one second have one name, but for rotations.)
 */
export function contentVersion({ metadata }: KubeResource): string {
  const writes = (metadata.managedFields ?? [])
    .filter(({ fieldsV1 }) => fieldsV1 !== undefined && 'f:data' in fieldsV1)
    .map(({ manager = '', operation = '', time = '' }) => [manager, operation, time].join(' '));
  return contentHash([metadata.uid, metadata.annotations?.[ROTATED_ANNOTATION], writes.sort()]).slice(0, 10);
}

/** Content versions of a tenant's Secrets, by name. */
export type SecretVersions = Readonly<Record<string, string>>;

/** An annotation that restarts pods when a Secret that they use gets other content; nothing while the content is not known. */
export function usesSecrets(
  versions: SecretVersions | undefined,
  names: readonly string[],
): { annotations?: Record<string, string> } {
  const known = names.map((name) => versions?.[name]);
  if (known.includes(undefined)) return {};
  return { annotations: { 'luna-iems.io/secrets': known.join('-') } };
}
