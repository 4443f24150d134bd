import {
  builtinKinds,
  createController,
  createReflector,
  fromReflector,
  hasCode,
  isSubset,
  objectKey,
  parseQuantity,
  refOf,
  resourcePath,
  type BuiltinKind,
  type Client,
  type Controller,
  type KubeObject,
  type Reflector,
  type ResourceKind,
  type Transport,
} from '@luna-iems/kube-runtime';
import { OWN_KINDS } from '../src/controller/observer.ts';
import { OPTIONAL_KINDS } from '../src/optional-kinds.ts';
import { TENANT_LABEL } from '../src/tenant.ts';
import { workloadStatus } from '../src/testing/workload-status.ts';
import type { View } from './rest.ts';

/** The status of a pod that cannot run, and why. */
export type Illness = object;

/** What can be told to {@link Hands}; may change at any time (see `look`). */
export interface HandsOrders {
  /** Why a workload's pod does not run; undefined when it does. */
  illness: (workload: KubeObject) => Illness | undefined;
  /** A workload that is held makes no progress at all. */
  holds: (workload: KubeObject) => boolean;
}

/**
 * The stand-in for kubelet and controllers on a server that has none: workloads run as soon as they are wanted, claims are made,
 * bound and grown, orphaned StatefulSets go, Gateways accept routes, namespaces that are being deleted are emptied and go.
 */
export interface Hands extends View {
  readonly orders: HandsOrders;
  /** Looks at everything again, for new orders. */
  look(): void;
  stop(): Promise<void>;
}

const WATCHED: readonly ResourceKind[] = [
  ...(['StatefulSet', 'Deployment', 'Job', 'Namespace', 'PersistentVolumeClaim'] as const).map(
    (kind) => builtinKinds[kind],
  ),
  OPTIONAL_KINDS.HTTPRoute,
];

export async function startHands(client: Client, transport: Transport): Promise<Hands> {
  const reflectors = new Map<string, Reflector<KubeObject>>(
    WATCHED.map((kind) => [
      kind.kind,
      createReflector({
        client,
        kind,
        labelSelector: TENANT_LABEL,
        backoff: { baseMs: 100, maxMs: 1000 },
      }),
    ]),
  );
  const orders: HandsOrders = { illness: () => undefined, holds: () => false };
  const keyOf = ({ kind, metadata }: KubeObject): string => `${kind}|${objectKey(metadata)}`;
  const find = (key: string): KubeObject | undefined => {
    const [kind = '', name = ''] = key.split('|');
    return reflectors.get(kind)?.store.get(name);
  };
  const act = async (key: string): Promise<void> => {
    const object = find(key);
    if (object === undefined) return;
    try {
      await actOn({ client, transport, orders }, object);
    } catch (error) {
      // It changed or went meanwhile; the watch tells again.
      if (!hasCode(error, 'KUBE_NOT_FOUND', 'KUBE_CONFLICT')) throw error;
    }
  };
  const controller: Controller = createController({
    name: 'hands',
    sources: [...reflectors.values()].map((reflector) =>
      fromReflector(reflector, { keys: (object) => [keyOf(object)] }),
    ),
    reconcile: act,
    concurrency: 8,
    backoff: { baseMs: 50, maxMs: 2000 },
  });
  const abort = new AbortController();
  const ends = [...reflectors.values(), controller].map((part) => part.run(abort.signal));
  await Promise.all([...reflectors.values()].map(({ synced }) => synced));
  return {
    orders,
    kinds: WATCHED,
    live: (kind, ref) => reflectors.get(kind.kind)?.store.get(objectKey(ref)),
    list: (kind, namespace) =>
      (reflectors.get(kind.kind)?.store.list() ?? []).filter(({ metadata }) => metadata.namespace === namespace),
    look() {
      for (const reflector of reflectors.values())
        for (const object of reflector.store.list()) controller.enqueue(keyOf(object));
    },
    idle: () => controller.idle(),
    stop: async () => {
      abort.abort();
      await Promise.all(ends);
    },
  };
}

interface Means {
  client: Client;
  transport: Transport;
  orders: HandsOrders;
}

async function actOn(means: Means, object: KubeObject): Promise<void> {
  switch (object.kind) {
    case 'Namespace':
      return endNamespace(means, object);
    case 'PersistentVolumeClaim':
      return growClaim(means.client, object);
    case 'HTTPRoute':
      return acceptRoute(means.client, object);
    case 'StatefulSet':
      if (await letGo(means.client, object)) return;
      await makeClaims(means.client, object);
      return report(means, object);
    default:
      if (!(await letGo(means.client, object))) await report(means, object);
  }
}

/** Empties a namespace that is being deleted, and lets it go. */
async function endNamespace({ client, transport }: Means, { metadata }: KubeObject): Promise<void> {
  if (metadata.deletionTimestamp === undefined) return;
  const namespace = metadata.name;
  const kinds = [
    ...Object.values(OPTIONAL_KINDS),
    ...([...OWN_KINDS, 'Secret', 'Pod'] as const).map((kind) => builtinKinds[kind]),
  ];
  // Jobs would otherwise wait for the garbage collector.
  const options = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
  for (const kind of kinds)
    await transport.request({ method: 'DELETE', path: resourcePath(kind, { namespace }), body: options });
  const claims = await client.list(builtinKinds.PersistentVolumeClaim, { namespace, metadataOnly: true });
  for (const { metadata: claim } of claims.items) {
    await client.delete(builtinKinds.PersistentVolumeClaim, { namespace, name: claim.name });
    await release(client, 'PersistentVolumeClaim', claim);
  }
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace }, spec: { finalizers: [] } };
  await transport.request({ method: 'PUT', path: `/api/v1/namespaces/${namespace}/finalize`, body });
}

/** What the garbage collector does for an object that is being deleted; true when this one is. */
async function letGo(client: Client, { kind, metadata }: KubeObject): Promise<boolean> {
  if (metadata.deletionTimestamp === undefined) return false;
  await release(client, kind as BuiltinKind, metadata);
  return true;
}

async function release(client: Client, kind: BuiltinKind, { name, namespace }: KubeObject['metadata']): Promise<void> {
  const body = { metadata: { finalizers: null } };
  await client.patch(builtinKinds[kind], { name, namespace }, { type: 'merge', body }).catch((error: unknown) => {
    if (!hasCode(error, 'KUBE_NOT_FOUND')) throw error;
  });
}

interface ClaimTemplate {
  metadata: { name: string; labels?: Record<string, string> };
  spec: { resources: { requests: { storage: string } } };
}

async function makeClaims(client: Client, { metadata, spec }: KubeObject): Promise<void> {
  const { volumeClaimTemplates = [] } = spec as { volumeClaimTemplates?: ClaimTemplate[] };
  const { namespace = '' } = metadata;
  for (const template of volumeClaimTemplates) {
    const claim: KubeObject = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: `${template.metadata.name}-${metadata.name}-0`,
        namespace,
        labels: template.metadata.labels ?? {},
      },
      spec: { ...template.spec, volumeName: `pv-${namespace}-${metadata.name}` },
    };
    await client.create(claim).catch((error: unknown) => {
      if (!hasCode(error, 'KUBE_ALREADY_EXISTS')) throw error;
    });
  }
}

async function growClaim(client: Client, { metadata, spec, status }: KubeObject): Promise<void> {
  const { requests } = (spec as { resources: { requests: { storage: string } } }).resources;
  const { capacity } = (status ?? {}) as { capacity?: { storage: string } };
  if (metadata.deletionTimestamp !== undefined || parseQuantity(capacity?.storage) === parseQuantity(requests.storage))
    return;
  const { name, namespace } = metadata;
  const body = { status: { phase: 'Bound', capacity: { storage: requests.storage } } };
  await client.patchStatus(builtinKinds.PersistentVolumeClaim, { name, namespace }, { type: 'merge', body });
}

async function acceptRoute(client: Client, { metadata, spec }: KubeObject): Promise<void> {
  const { parentRefs } = spec as { parentRefs: object[] };
  const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'ok' };
  const body = { status: { parents: parentRefs.map((parentRef) => ({ parentRef, conditions: [accepted] })) } };
  await client.patchStatus(OPTIONAL_KINDS.HTTPRoute, refOf({ metadata }), { type: 'merge', body });
}

async function report({ client, orders }: Means, object: KubeObject): Promise<void> {
  if (orders.holds(object)) return;
  const kind = builtinKinds[object.kind as BuiltinKind];
  const { name, namespace } = object.metadata;
  const illness = orders.illness(object);
  await (illness === undefined ? healPod(client, object) : fallIll(client, object, illness));
  const status = workloadStatus(object, illness === undefined);
  if (isSubset(status, object['status'])) return;
  await client.patchStatus(kind, { name, namespace }, { type: 'merge', body: { status } });
}

interface Template {
  metadata: { labels?: Record<string, string> };
  spec: { volumes?: object[] } & Record<string, unknown>;
}

/** The sick pod of a workload: there to be looked at, never to run. */
async function fallIll(client: Client, workload: KubeObject, status: Illness): Promise<void> {
  const { template } = workload['spec'] as { template: Template };
  const ref = podOf(workload);
  const { metadata } = workload;
  const labels = {
    ...template.metadata.labels,
    ...(workload.kind === 'Job' ? { 'batch.kubernetes.io/job-name': metadata.name } : {}),
  };
  const container = { name: 'sick', image: 'sick:1' };
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...ref, labels },
    spec: { ...safe, automountServiceAccountToken: false, containers: [{ ...container, ...safeContainer }] },
  };
  await client.create(pod).catch((error: unknown) => {
    if (!hasCode(error, 'KUBE_ALREADY_EXISTS')) throw error;
  });
  await client.patchStatus(builtinKinds.Pod, ref, { type: 'merge', body: { status } });
}

const safe = { securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } } };
const safeContainer = {
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '1m', memory: '1Mi' } },
};

async function healPod(client: Client, workload: KubeObject): Promise<void> {
  // Only what was ill has a pod here; asking every time would double the calls.
  if (((workload['status'] ?? {}) as { readyReplicas?: number }).readyReplicas !== undefined) return;
  await client.delete(builtinKinds.Pod, podOf(workload), { gracePeriodSeconds: 0 });
}

const podOf = ({ metadata }: KubeObject): { name: string; namespace: string } => ({
  name: `${metadata.name}-0`,
  namespace: metadata.namespace ?? '',
});
