import {
  builtinKinds,
  createApplier,
  hasCode,
  removeFinalizer,
  type Client,
  type EventRecorder,
  type KubeObject,
  type KubeResource,
  type PruneScope,
  type ResourceKind,
} from '@luna-iems/kube-runtime';
import { errorMessage } from '@luna-iems/service-kit';
import { OPTIONAL_KINDS } from '../optional-kinds.ts';
import {
  FINALIZER,
  HASH_ANNOTATION,
  MANAGED_BY_LABEL,
  MANAGER,
  RETAINED_ANNOTATION,
  TENANT_LABEL,
  lunaTenantKind,
  namespaceOf,
  type LunaTenant,
} from '../tenant.ts';
import { mayDelete, remains } from './claim.ts';
import { DEFINITION_NAME, isDefinitionLeaving } from './definition.ts';
import { OWN_KINDS, type Observer } from './observer.ts';
import { remainingOf } from './remaining.ts';

export interface FinalizeDeps {
  client: Client;
  events: EventRecorder;
  observer: Pick<Observer, 'list'>;
}

/** `error`: what kept it from going on; to be thrown once the status says so. */
export type FinalizeOutcome = { done: true } | { done: false; reason: string; message: string; error?: Error };

/** Kept under Retain beside volumes and Secrets, so that what is left stays fenced in. */
const STAYS: ReadonlySet<string> = new Set(['NetworkPolicy', 'ResourceQuota', 'LimitRange']);

/** What a namespace can wait for, of all that the operator sees. */
const SEEN = [...OWN_KINDS, 'PersistentVolumeClaim', 'Pod', 'Secret'] as const;

/** Carries out what `deletionPolicy` says, then lets the LunaTenant go. Safe to repeat from any point. */
export async function finalize(deps: FinalizeDeps, tenant: LunaTenant, signal: AbortSignal): Promise<FinalizeOutcome> {
  const { client } = deps;
  // Not from the cache: on this answer hangs whether data is deleted.
  const namespace = await client.get(builtinKinds.Namespace, { name: namespaceOf(tenant) }, { signal });
  const outcome = namespace === undefined ? DONE : await letGo(deps, { tenant, namespace, signal });
  if (outcome.done) await removeFinalizer(client, lunaTenantKind, tenant, FINALIZER);
  return outcome;
}

const DONE: FinalizeOutcome = { done: true };

interface Target {
  tenant: LunaTenant;
  namespace: KubeObject;
  signal: AbortSignal;
}

async function letGo(deps: FinalizeDeps, target: Target): Promise<FinalizeOutcome> {
  const { tenant, namespace } = target;
  const { name } = namespace.metadata;
  if (!mayDelete(tenant, namespace)) {
    const note = `namespace ${name} is not this tenant's (its label or recorded UID differs) and stays untouched`;
    deps.events.record({ regarding: tenant, type: 'Warning', reason: 'NamespaceKept', action: 'Delete', note });
    return DONE;
  }
  return tenant.spec.deletionPolicy === 'Delete' ? deleteUnlessSwept(deps, target) : retain(deps, target);
}

/** Deletes the data of one customer at its owner's wish, and of none because the CRD goes, which takes every LunaTenant with it. */
async function deleteUnlessSwept(deps: FinalizeDeps, target: Target): Promise<FinalizeOutcome> {
  const { tenant, namespace, signal } = target;
  const { name, deletionTimestamp } = namespace.metadata;
  // Too late to keep it: what is left to do is to wait.
  if (deletionTimestamp !== undefined) return deleteNamespace(deps, target);
  let leaving: boolean;
  try {
    leaving = await isDefinitionLeaving(deps.client, signal);
  } catch (cause) {
    const message = `namespace ${name} is not deleted before it is known that the CRD ${DEFINITION_NAME} stays, and that cannot be read (is the chart's ClusterRole in place?): ${errorMessage(cause)}`;
    return { done: false, reason: 'DefinitionUnknown', message, error: new Error(message, { cause }) };
  }
  if (!leaving) return deleteNamespace(deps, target);
  const outcome = await retain(deps, target);
  if (outcome.done) {
    const note = `namespace ${name} stays in spite of deletionPolicy Delete, for this LunaTenant goes only because the CRD ${DEFINITION_NAME} is being deleted. Install the CRD again and apply the same LunaTenant to take it up`;
    deps.events.record({ regarding: tenant, type: 'Warning', reason: 'NamespaceKept', action: 'Delete', note });
  }
  return outcome;
}

async function deleteNamespace({ client, events, observer }: FinalizeDeps, target: Target): Promise<FinalizeOutcome> {
  const { tenant, namespace, signal } = target;
  const { name, uid, deletionTimestamp } = namespace.metadata;
  if (deletionTimestamp === undefined) {
    const note = `deleting namespace ${name} with all data, as spec.deletionPolicy says`;
    events.record({ regarding: tenant, type: 'Normal', reason: 'DeletingNamespace', action: 'Delete', note });
    await client.delete(builtinKinds.Namespace, { name }, { uid, signal });
  }
  const objects = SEEN.flatMap((kind) => observer.list(builtinKinds[kind], name));
  return {
    done: false,
    reason: 'DeletingNamespace',
    message: `namespace ${name} is being deleted${remains(namespace)}${remainingOf(objects)}`,
  };
}

async function retain({ client, events }: FinalizeDeps, target: Target): Promise<FinalizeOutcome> {
  const { tenant, namespace, signal } = target;
  const { name } = namespace.metadata;
  // First, so that a crash after it leaves a namespace that can be taken up again.
  const body = { metadata: { annotations: { [RETAINED_ANNOTATION]: 'true' } } };
  await client.patch(builtinKinds.Namespace, { name }, { type: 'merge', body }, { fieldManager: MANAGER, signal });
  const kinds = [
    ...Object.values(OPTIONAL_KINDS),
    ...OWN_KINDS.filter((kind) => !STAYS.has(kind)).map((kind) => builtinKinds[kind]),
  ];
  const labels = { [TENANT_LABEL]: tenant.metadata.name, [MANAGED_BY_LABEL]: MANAGER };
  if (!(await clear(client, { kinds, namespace: name, labels }, signal))) {
    return { done: false, reason: 'RemovingWorkloads', message: `workloads in namespace ${name} are being removed` };
  }
  const note = `workloads removed; namespace ${name} keeps its volumes and Secrets for a LunaTenant of the same name`;
  events.record({ regarding: tenant, type: 'Normal', reason: 'Retained', action: 'Delete', note });
  return DONE;
}

/**
 * Deletes what the scope selects; true when a list showed nothing left. By live lists: what the cache does not know yet, or knows by a
 * former UID, would stay for ever once the LunaTenant is gone.
 */
async function clear(client: Client, scope: PruneScope, signal: AbortSignal): Promise<boolean> {
  let left = 0;
  const candidates = async (kind: ResourceKind, { namespace, labels }: PruneScope): Promise<KubeResource[]> => {
    const labelSelector = Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(',');
    const { items } = await client
      .list(kind, { namespace, labelSelector, metadataOnly: true, signal })
      .catch(noSuchKind);
    left += items.filter(isOurs).length;
    return items;
  };
  const applier = createApplier({ client, fieldManager: MANAGER, hashAnnotation: HASH_ANNOTATION, candidates });
  for (let pass = 0; pass < 2; pass += 1) {
    left = 0;
    await applier.prune([], scope, signal);
    if (left === 0) return true;
  }
  return false;
}

/** Neither on its way out, nor somebody else's to take away, as a CronJob's Jobs are. */
const isOurs = ({ metadata }: KubeResource): boolean =>
  metadata.deletionTimestamp === undefined && !metadata.ownerReferences?.some(({ controller }) => controller);

/** A kind whose CRD is not installed has no objects. */
function noSuchKind(error: unknown): { items: KubeObject[] } {
  if (hasCode(error, 'KUBE_NOT_FOUND')) return { items: [] };
  throw error;
}
