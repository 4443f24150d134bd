import {
  builtinKinds,
  removeFinalizer,
  type Applier,
  type Client,
  type EventRecorder,
  type KubeObject,
} from '@luna-iems/kube-runtime';
import { OPTIONAL_KINDS } from '../optional-kinds.ts';
import {
  FINALIZER,
  MANAGED_BY_LABEL,
  MANAGER,
  RETAINED_ANNOTATION,
  TENANT_LABEL,
  lunaTenantKind,
  namespaceOf,
  type LunaTenant,
} from '../tenant.ts';
import { mayDelete, remains } from './claim.ts';
import { OWN_KINDS } from './observer.ts';

export interface FinalizeDeps {
  client: Client;
  applier: Applier;
  events: EventRecorder;
}

export type FinalizeOutcome = { done: true } | { done: false; reason: string; message: string };

/** Kept under Retain beside volumes and Secrets, so that what is left stays fenced in. */
const STAYS: ReadonlySet<string> = new Set(['NetworkPolicy', 'ResourceQuota', 'LimitRange']);

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
  return tenant.spec.deletionPolicy === 'Delete' ? deleteNamespace(deps, target) : retain(deps, target);
}

async function deleteNamespace({ client, events }: FinalizeDeps, target: Target): Promise<FinalizeOutcome> {
  const { tenant, namespace, signal } = target;
  const { name, uid, deletionTimestamp } = namespace.metadata;
  if (deletionTimestamp === undefined) {
    const note = `deleting namespace ${name} with all data, as spec.deletionPolicy says`;
    events.record({ regarding: tenant, type: 'Normal', reason: 'DeletingNamespace', action: 'Delete', note });
    await client.delete(builtinKinds.Namespace, { name }, { uid, signal });
  }
  return {
    done: false,
    reason: 'DeletingNamespace',
    message: `namespace ${name} is being deleted${remains(namespace)}`,
  };
}

async function retain({ client, applier, events }: FinalizeDeps, target: Target): Promise<FinalizeOutcome> {
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
  await applier.prune([], { kinds, namespace: name, labels }, signal);
  const note = `workloads removed; namespace ${name} keeps its volumes and Secrets for a LunaTenant of the same name`;
  events.record({ regarding: tenant, type: 'Normal', reason: 'Retained', action: 'Delete', note });
  return DONE;
}
