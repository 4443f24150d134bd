import type { Client } from './client.ts';
import { contentHash } from './content-hash.ts';
import { hasCode } from './errors.ts';
import { kindKey, refOf } from './kinds.ts';
import { isSubset, type FieldSet } from './subset.ts';
import { isTakenWhole } from './taken-fields.ts';
import { objectKey, type KubeObject, type KubeResource, type ObjectRef, type ResourceKind } from './types.ts';

/** What an apply did, and the object as it is now. */
export interface AppliedObject {
  result: 'created' | 'configured' | 'unchanged';
  object: KubeObject;
}

/** Kinds that hold data or whole worlds: pruned only when named. */
export type PreciousKind = 'Namespace' | 'PersistentVolume' | 'PersistentVolumeClaim' | 'Secret';

/** Where and what to prune. */
export interface PruneScope {
  kinds: readonly ResourceKind[];
  namespace?: string | undefined;
  /** What carries all these labels and is not desired goes. Throws RangeError when empty. */
  labels: Readonly<Record<string, string>>;
  alsoDestroy?: readonly PreciousKind[];
  /** The last word, e.g. to spare finished Jobs. */
  spare?: (object: KubeResource) => boolean;
}

/** Brings objects to the cluster, and takes them away. */
export interface Applier {
  /**
   * Server-side apply, left out when it would change nothing: when the object carries the hash of exactly this desired state, all
   * desired values are live, and all desired fields are still ours. So a steady state writes nothing, and a field that left the
   * desired state, or that somebody else changed, is noticed. Fields of others stay theirs.
   * Errors: KUBE_INVALID for a change of an immutable field; all of the client's.
   */
  apply(desired: KubeObject, signal?: AbortSignal): Promise<AppliedObject>;
  /** Creates what is absent and never touches what is there: for Secrets with generated content. */
  createOnce(desired: KubeObject, signal?: AbortSignal): Promise<AppliedObject>;
  /**
   * Deletes what the scope selects and `desired` does not name, in the background, each with its UID as precondition, so that an
   * object made anew under the same name survives. Spares what is being deleted already, what another controller owns, and the
   * precious kinds. Gives what it deleted.
   */
  prune(desired: readonly KubeResource[], scope: PruneScope, signal?: AbortSignal): Promise<KubeResource[]>;
}

/** Dependencies of {@link createApplier}. */
export interface ApplierDeps {
  client: Client;
  /** Must never change between versions of the program: it is how the cluster knows which fields are ours. */
  fieldManager: string;
  /** Annotation that holds the hash of the last applied object, e.g. `example.io/applied-hash`. */
  hashAnnotation: string;
  /** Looks up the live object, e.g. in a store (whole objects with managedFields, never changed in place). An old answer costs a needless write at worst. Default: GET. */
  live?: (
    kind: ResourceKind,
    ref: ObjectRef,
    signal?: AbortSignal,
  ) => Promise<KubeObject | undefined> | KubeObject | undefined;
  /** Lists candidates for pruning, e.g. from stores; they are still matched against the labels. Default: metadata-only LIST. */
  candidates?: (
    kind: ResourceKind,
    scope: PruneScope,
    signal?: AbortSignal,
  ) => Promise<readonly KubeResource[]> | readonly KubeResource[];
}

const precious: ReadonlySet<string> = new Set<PreciousKind>([
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Secret',
]);

/** An {@link Applier} with a fixed field manager. */
export function createApplier(deps: ApplierDeps): Applier {
  const { client, fieldManager, hashAnnotation } = deps;
  const lookUp =
    deps.live ?? ((kind: ResourceKind, ref: ObjectRef, signal?: AbortSignal) => client.get(kind, ref, { signal }));
  const candidates =
    deps.candidates ??
    (async (kind: ResourceKind, scope: PruneScope, signal?: AbortSignal) => {
      const labelSelector = Object.entries(scope.labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(',');
      return (await client.list(kind, { namespace: scope.namespace, labelSelector, metadataOnly: true, signal })).items;
    });

  /** The desired state that a live object, as one read gave it, was found to be in: a store gives the same one until it changes. */
  const verified = new WeakMap<KubeObject, string>();
  const isInPlace = (desired: KubeObject, live: KubeObject): boolean => {
    const hash = desired.metadata.annotations?.[hashAnnotation] ?? '';
    if (live.metadata.annotations?.[hashAnnotation] !== hash) return false;
    if (verified.get(live) === hash) return true;
    const [wanted, present] = [comparable(desired), comparable(live)];
    const inPlace =
      isSubset(wanted, present, ownedFields(live, fieldManager)) &&
      !isTakenWhole(wanted, present, othersFields(live, fieldManager));
    if (inPlace) verified.set(live, hash);
    return inPlace;
  };

  return {
    async apply(desired, signal) {
      const wanted = withHash(withoutStringData(desired), hashAnnotation);
      const live = await lookUp(client.kindOf(wanted), refOf(wanted), signal);
      if (live && isInPlace(wanted, live)) return { result: 'unchanged', object: live };
      const object = await client.apply(wanted, { fieldManager, signal });
      if (!live) return { result: 'created', object };
      return {
        result: object.metadata.resourceVersion === live.metadata.resourceVersion ? 'unchanged' : 'configured',
        object,
      };
    },

    async createOnce(desired, signal) {
      const kind = client.kindOf(desired);
      const live = await lookUp(kind, refOf(desired), signal);
      if (live) return { result: 'unchanged', object: live };
      try {
        return { result: 'created', object: await client.create(desired, { fieldManager, signal }) };
      } catch (error) {
        if (!hasCode(error, 'KUBE_ALREADY_EXISTS')) throw error;
        return { result: 'unchanged', object: (await client.get(kind, refOf(desired), { signal })) ?? desired };
      }
    },

    async prune(desired, scope, signal) {
      if (Object.keys(scope.labels).length === 0)
        throw new RangeError('pruning without labels would delete everything');
      const keep = new Set(desired.map(identity));
      const pruned: KubeResource[] = [];
      for (const kind of scope.kinds) {
        for (const object of await candidates(kind, scope, signal)) {
          if (keep.has(identity(object)) || !mayPrune(object, scope)) continue;
          const { uid } = object.metadata;
          if (await deleteThis(client, kind, object, { uid, signal })) pruned.push(object);
        }
      }
      return pruned;
    },
  };
}

/** Deletes the object if it still is the one with this UID; another one of the same name is left alone. */
async function deleteThis(
  client: Client,
  kind: ResourceKind,
  object: KubeResource,
  how: { uid: string | undefined; signal?: AbortSignal | undefined },
): Promise<boolean> {
  try {
    return await client.delete(kind, refOf(object), { ...how, propagationPolicy: 'Background' });
  } catch (error) {
    if (hasCode(error, 'KUBE_CONFLICT')) return false;
    throw error;
  }
}

const identity = (object: KubeResource): string => `${kindKey(object)}/${objectKey(object.metadata)}`;

function mayPrune(object: KubeResource, scope: PruneScope): boolean {
  const { deletionTimestamp, ownerReferences = [] } = object.metadata;
  const belongsToOther = ownerReferences.some((owner) => owner.controller);
  const isPrecious = precious.has(object.kind) && !scope.alsoDestroy?.some((kind) => kind === object.kind);
  return isSelected(object, scope) && !deletionTimestamp && !belongsToOther && !isPrecious && !scope.spare?.(object);
}

function isSelected(object: KubeResource, scope: PruneScope): boolean {
  const { labels = {}, namespace } = object.metadata;
  const isInScope = scope.namespace === undefined || namespace === scope.namespace;
  return isInScope && Object.entries(scope.labels).every(([name, value]) => labels[name] === value);
}

function withHash(desired: KubeObject, annotation: string): KubeObject {
  const annotations = { ...desired.metadata.annotations, [annotation]: contentHash(desired) };
  return { ...desired, metadata: { ...desired.metadata, annotations } };
}

/** `stringData` is write-only: compared and applied as `data`. */
function withoutStringData(desired: KubeObject): KubeObject {
  const { stringData, ...rest } = desired;
  if (desired.kind !== 'Secret' || typeof stringData !== 'object' || stringData === null) return desired;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return {
    ...rest,
    data: { ...(desired['data'] as object | undefined), ...Object.fromEntries(encoded) },
  };
}

/** What is compared: everything but the object's address and what the server keeps for itself. */
function comparable(object: KubeObject): object {
  const { apiVersion: _apiVersion, kind: _kind, metadata, status: _status, ...rest } = object;
  const { labels, annotations, finalizers, ownerReferences } = metadata;
  return { ...rest, metadata: { labels, annotations, finalizers, ownerReferences } };
}

/** Our entry of managedFields; undefined when the live object carries none at all (a store may have dropped them). */
function ownedFields(live: KubeObject, manager: string): FieldSet | undefined {
  const entries = live.metadata.managedFields;
  if (!entries) return undefined;
  const ours = entries.find((entry) => entry.manager === manager && entry.operation === 'Apply' && !entry.subresource);
  // An entry that owns one thing nobody desires: owning nothing must not read as the leaf that owns everything.
  return ours?.fieldsV1 ?? { none: {} };
}

function othersFields(live: KubeObject, manager: string): FieldSet[] {
  const entries = live.metadata.managedFields ?? [];
  return entries.flatMap((entry) => (entry.manager === manager || !entry.fieldsV1 ? [] : [entry.fieldsV1]));
}
