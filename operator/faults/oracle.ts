import {
  builtinKinds,
  type BuiltinKind,
  type Client,
  type KubeObject,
  type ResourceKind,
} from '@luna-iems/kube-runtime';
import { OPTIONAL_KINDS } from '../src/optional-kinds.ts';
import { TENANT_LABEL, lunaTenantKind, type LunaTenant } from '../src/tenant.ts';
import { maskName, ofNamespace } from './calls.ts';

/** Every kind that a tenant's world can hold. */
const BUILTIN: readonly BuiltinKind[] = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'Service',
  'StatefulSet',
  'Deployment',
  'Job',
  'CronJob',
  'Ingress',
  'PodDisruptionBudget',
  'Role',
  'RoleBinding',
  'PersistentVolumeClaim',
];
const KINDS: readonly ResourceKind[] = [...BUILTIN.map((kind) => builtinKinds[kind]), ...Object.values(OPTIONAL_KINDS)];

/** Everything of a tenant, by `Kind name`, freed of what differs between two runs that went well. */
export type State = Readonly<Record<string, unknown>>;

/** The state of every tenant on the server. A tenant whose object is gone has one as long as its namespace is there. */
export async function readStates(client: Client): Promise<Map<string, State>> {
  const lists = await Promise.all(KINDS.map((kind) => client.list(kind, { labelSelector: TENANT_LABEL })));
  const tenants = await client.list<LunaTenant>(lunaTenantKind);
  const states = new Map<string, Record<string, unknown>>();
  const put = (tenant: string, object: KubeObject): void => {
    const state = states.get(tenant) ?? {};
    states.set(tenant, state);
    const name = maskName(`${object.kind} ${object.metadata.name}`, tenant);
    state[name] = mask(object, tenant);
  };
  for (const object of lists.flatMap(({ items }) => items))
    put(ofNamespace(object.metadata.namespace ?? object.metadata.name), object);
  for (const tenant of tenants.items) put(tenant.metadata.name, tenant as unknown as KubeObject);
  return states;
}

/** Values that only the server or the moment decides. */
const SERVERS_OWN = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'generation',
  'observedGeneration',
  'lastTransitionTime',
  'lastProbeTime',
  'startTime',
  'completionTime',
  'clusterIP',
  'clusterIPs',
  'nodePort',
  'healthCheckNodePort',
]);
function mask(object: KubeObject, tenant: string): unknown {
  const { data, ...rest } = object;
  const shown = object.kind === 'Secret' ? { ...rest, shape: shapes(data) } : object;
  return JSON.parse(maskName(JSON.stringify(shown, replacer), tenant)) as unknown;
}

function replacer(key: string, value: unknown): unknown {
  if (SERVERS_OWN.has(key)) return undefined;
  // Labels that the Job's own controller derives from its UID.
  if (key.endsWith('controller-uid')) return undefined;
  return isFingerprint(key, value) ? 'MASKED' : value;
}

/** Annotations of ours that hold hashes or UIDs: of what was applied, of the Secrets in use, of the tenant. */
const isFingerprint = (key: string, value: unknown): boolean =>
  key.startsWith('luna-iems.io/') && typeof value === 'string' && /^[0-9a-f-]{8,}$/.test(value);

/** The keys of a Secret with what kind of value each holds: random parts become their length and alphabet. */
function shapes(data: unknown): Record<string, string> {
  const entries = Object.entries((data ?? {}) as Record<string, string>);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, shapeOf(Buffer.from(value, 'base64').toString('utf8'))]),
  );
}

const shapeOf = (text: string): string =>
  text.replace(/[\w-]{32,}/g, (random) => `<${String(random.length)} base64url>`);

/** The first places in which two states differ, as sentences; none when they are equal. */
export function differences(expected: State, actual: State, limit = 6): string[] {
  return [...walk(expected, actual, '')].slice(0, limit);
}

function* walk(expected: unknown, actual: unknown, path: string): Generator<string> {
  if (isTree(expected) && isTree(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    for (const key of keys) yield* walk(expected[key], actual[key], path === '' ? key : `${path}.${key}`);
  } else if (JSON.stringify(expected) !== JSON.stringify(actual)) {
    yield `${path}: ${show(expected)} expected, ${show(actual)} found`;
  }
}

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 160));
