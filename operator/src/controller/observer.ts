import {
  builtinKinds,
  createReflector,
  fromReflector,
  kindKey,
  objectKey,
  specOrMetadataChanged,
  type BuiltinKind,
  type Client,
  type KubeObject,
  type Logger,
  type ObjectRef,
  type Reflector,
  type ResourceKind,
  type RuntimeMetrics,
  type Source,
} from '@luna-iems/kube-runtime';
import type { Observed } from '../observed.ts';
import type { Endpoint } from '../plan/network.ts';
import { TENANT_LABEL, lunaTenantKind, namespaceOf, type LunaTenant } from '../tenant.ts';

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

/** The operator's picture of the cluster: one reflector per kind, all limited to what carries a tenant's label. */
export interface Observer {
  tenant(name: string): LunaTenant | undefined;
  tenantNames(): string[];
  namespace(name: string): KubeObject | undefined;
  of(tenant: LunaTenant): Observed;
  /** The live object as last seen, for the applier. */
  live(kind: ResourceKind, ref: ObjectRef): KubeObject | undefined;
  /** Objects of a kind in a namespace, for pruning. */
  list(kind: ResourceKind, namespace: string | undefined): readonly KubeObject[];
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
}

const BY_TENANT = 'tenant';

export function createObserver(deps: ObserverDeps): Observer {
  const tenants = createReflector<LunaTenant>({ ...deps, kind: lunaTenantKind });
  const children = new Map(
    [...OWN_KINDS, ...OTHER_KINDS].map((kind) => [kindKey(builtinKinds[kind]), childReflector(deps, kind)] as const),
  );
  const slices = createReflector({
    ...deps,
    kind: builtinKinds.EndpointSlice,
    namespace: 'default',
    labelSelector: 'kubernetes.io/service-name=kubernetes',
  });
  const reflectorOf = (kind: string): Reflector<KubeObject> | undefined => {
    const known = builtinKinds[kind as BuiltinKind] as ResourceKind | undefined;
    return known === undefined ? undefined : children.get(kindKey(known));
  };
  const tenantNames = (): string[] => tenants.store.keys();

  return {
    tenant: (name) => tenants.store.get(name),
    tenantNames,
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
    live: (kind, ref) => children.get(kindKey(kind))?.store.get(objectKey(ref)),
    list: (kind, namespace) =>
      (children.get(kindKey(kind))?.store.list() ?? []).filter(({ metadata }) => metadata.namespace === namespace),
    apiServer: () => slices.store.list().flatMap(endpointsOf),
    sources: [
      fromReflector(tenants, { when: specOrMetadataChanged }),
      ...[...children.values()].map((reflector) => fromReflector(reflector, { keys: tenantKey })),
      fromReflector(slices, { keys: tenantNames }),
    ],
    run: async (signal) => {
      await Promise.all([tenants, slices, ...children.values()].map((reflector) => reflector.run(signal)));
    },
  };
}

function childReflector(deps: ObserverDeps, kind: BuiltinKind): Reflector<KubeObject> {
  return createReflector({
    ...deps,
    kind: builtinKinds[kind],
    labelSelector: TENANT_LABEL,
    // What Secrets hold never enters this process.
    metadataOnly: kind === 'Secret',
    indexers: { [BY_TENANT]: tenantKey },
  });
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
