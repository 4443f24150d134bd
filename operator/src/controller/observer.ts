import { isDeepStrictEqual } from 'node:util';
import {
  builtinKinds,
  createReflector,
  fromReflector,
  kindKey,
  objectKey,
  specOrMetadataChanged,
  type BuiltinKind,
  type Change,
  type Client,
  type KubeObject,
  type Logger,
  type ObjectRef,
  type Reflector,
  type ReflectorDeps,
  type ResourceKind,
  type RuntimeMetrics,
  type Source,
} from '@luna-iems/kube-runtime';
import type { Observed } from '../observed.ts';
import { OPTIONAL_KINDS, type OptionalKindName } from '../optional-kinds.ts';
import type { Endpoint } from '../plan/network.ts';
import { TENANT_LABEL, lunaTenantKind, namespaceOf, withSpec, type LunaTenant } from '../tenant.ts';
import { createOptionalKind } from './optional-kind.ts';

/** Kinds that the operator makes in a tenant's namespace and takes away when they are no longer wanted, users before used. */
export const OWN_KINDS = [
  'Ingress',
  'CronJob',
  'Job',
  'Deployment',
  'StatefulSet',
  'PodDisruptionBudget',
  'Service',
  'ConfigMap',
  'RoleBinding',
  'Role',
  'ServiceAccount',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
] as const satisfies readonly BuiltinKind[];

/** Kinds that the operator only looks at, or makes and never takes away. */
const OTHER_KINDS = ['Namespace', 'Secret', 'PersistentVolumeClaim', 'Pod'] as const satisfies readonly BuiltinKind[];

/** All that the operator watches of tenants' namespaces. */
export const observedKinds: readonly ResourceKind[] = [
  ...[...OWN_KINDS, ...OTHER_KINDS].map((kind) => builtinKinds[kind]),
  ...Object.values(OPTIONAL_KINDS),
];

/** The operator's picture of the cluster: one reflector per kind, all limited to what carries a tenant's label. */
export interface Observer {
  tenant(name: string): LunaTenant | undefined;
  tenantNames(): string[];
  tenants(): readonly LunaTenant[];
  namespace(name: string): KubeObject | undefined;
  of(tenant: LunaTenant): Observed;
  /** The live object as last seen, for the applier. */
  live(kind: ResourceKind, ref: ObjectRef): KubeObject | undefined;
  /** Objects of a kind in a namespace, for pruning. */
  list(kind: ResourceKind, namespace: string | undefined): readonly KubeObject[];
  /** The optional kinds that the cluster knows right now. */
  available(): ReadonlySet<OptionalKindName>;
  /** Where the cluster's API server listens. */
  apiServer(): Endpoint[];
  /** What wakes the controller. */
  readonly sources: readonly Source[];
  run(signal: AbortSignal): Promise<void>;
}

export interface ObserverDeps {
  client: Client;
  logger: Logger;
  metrics: RuntimeMetrics;
  /** Whether a tenant's status is what this process has written last: then it wakes nobody. */
  isOwnStatus: (tenant: LunaTenant) => boolean;
}

type ReaderDeps = Omit<ObserverDeps, 'isOwnStatus'>;

const BY_TENANT = 'tenant';

export function createObserver({ isOwnStatus, ...deps }: ObserverDeps): Observer {
  const tenants = createReflector<LunaTenant>({ ...deps, kind: lunaTenantKind, transform: withSpec });
  const children = new Map(
    [...OWN_KINDS, ...OTHER_KINDS].map((kind) => [kindKey(builtinKinds[kind]), childReflector(deps, kind)] as const),
  );
  const slices = createReflector({
    ...deps,
    kind: builtinKinds.EndpointSlice,
    namespace: 'default',
    labelSelector: 'kubernetes.io/service-name=kubernetes',
  });
  const tenantNames = (): string[] => tenants.store.keys();
  const optional = Object.values(OPTIONAL_KINDS).map((kind) =>
    createOptionalKind({ ...selected(deps, kind), keys: tenantKey, everybody: tenantNames }),
  );
  const optionalOf = (key: string): Reflector<KubeObject> | undefined =>
    optional.find(({ kind }) => kindKey(kind) === key)?.reflector();
  const reflectorFor = (kind: ResourceKind): Reflector<KubeObject> | undefined =>
    children.get(kindKey(kind)) ?? optionalOf(kindKey(kind));
  const reflectorOf = (name: string): Reflector<KubeObject> | undefined => {
    const known = (builtinKinds[name as BuiltinKind] ?? OPTIONAL_KINDS[name as OptionalKindName]) as
      ResourceKind | undefined;
    return known === undefined ? undefined : reflectorFor(known);
  };

  return {
    tenant: (name) => tenants.store.get(name),
    tenantNames,
    tenants: () => tenants.store.list(),
    namespace: (name) => reflectorOf('Namespace')?.store.get(name),
    of(tenant) {
      const namespace = namespaceOf(tenant);
      return {
        find: (kind, name) => reflectorOf(kind)?.store.get(objectKey({ namespace, name })),
        list: (kind) =>
          (reflectorOf(kind)?.store.byIndex(BY_TENANT, tenant.metadata.name) ?? []).filter(
            ({ metadata }) => metadata.namespace === namespace,
          ),
      };
    },
    live: (kind, ref) => reflectorFor(kind)?.store.get(objectKey(ref)),
    list: (kind, namespace) =>
      (reflectorFor(kind)?.store.list() ?? []).filter(({ metadata }) => metadata.namespace === namespace),
    available: () =>
      new Set(optional.filter((one) => one.reflector() !== undefined).map(({ kind }) => kind.kind as OptionalKindName)),
    apiServer: () => slices.store.list().flatMap(endpointsOf),
    sources: [
      fromReflector(tenants, { when: (change) => specOrMetadataChanged(change) || isForeign(change, isOwnStatus) }),
      ...[...children.values()].map((reflector) =>
        // Of a Secret only metadata is known, and new content shows in nothing but its version.
        fromReflector(
          reflector,
          reflector.kind.kind === 'Secret' ? { keys: tenantKey, when: always } : { keys: tenantKey },
        ),
      ),
      fromReflector(slices, { keys: tenantNames }),
      ...optional.map(({ source }) => source),
    ],
    run: async (signal) => {
      await Promise.all([tenants, slices, ...children.values(), ...optional].map((part) => part.run(signal)));
    },
  };
}

const always = (): boolean => true;

function childReflector(deps: ReaderDeps, kind: BuiltinKind): Reflector<KubeObject> {
  // What Secrets hold never enters this process.
  return createReflector({ ...selected(deps, builtinKinds[kind]), metadataOnly: kind === 'Secret' });
}

/** Of a kind, what carries a tenant's label. */
function selected(deps: ReaderDeps, kind: ResourceKind): ReflectorDeps<KubeObject> {
  return { ...deps, kind, labelSelector: TENANT_LABEL, indexers: { [BY_TENANT]: tenantKey } };
}

/** A status that is not the last word: a former leader's, or somebody else's, or ours about an older generation. */
function isForeign(change: Change<LunaTenant>, isOwn: (tenant: LunaTenant) => boolean): boolean {
  const { type, object } = change;
  if (type !== 'updated') return false;
  if (object.status?.observedGeneration !== object.metadata.generation) return true;
  return !isDeepStrictEqual(change.previous.status, object.status) && !isOwn(object);
}

function tenantKey({ metadata }: KubeObject): string[] {
  const name = metadata.labels?.[TENANT_LABEL];
  return name === undefined ? [] : [name];
}

function endpointsOf(slice: KubeObject): Endpoint[] {
  const endpoints = (slice['endpoints'] ?? []) as { addresses: string[] }[];
  const ports = (slice['ports'] ?? []) as { port?: number }[];
  const addresses = endpoints.flatMap((endpoint) => endpoint.addresses).sort();
  return addresses.flatMap((address) => ports.flatMap(({ port }) => (port === undefined ? [] : [{ address, port }])));
}
