import type { Client, ReadOptions } from './client.ts';
import { contentHash } from './content-hash.ts';
import { hasCode, KubeError } from './errors.ts';
import { kindKey, refOf } from './kinds.ts';
import { isWrittenBy, ownedFields, takeOver } from './ownership.ts';
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
   * Creates what is absent, and server-side applies what is there, unless that would change nothing: when the object carries the hash
   * of exactly this desired state, all desired values are live, and all desired fields are still ours. So a steady state writes
   * nothing, and a field that left the desired state, or that somebody else changed, is noticed. Fields of others stay theirs.
   * `desired` must not be changed afterwards: what was computed of it is remembered with it.
   * Errors: KUBE_INVALID for a change of an immutable field; KUBE_ALREADY_EXISTS for what `mayTakeOver` says no to; all of the client's.
   */
  apply(desired: KubeObject, signal?: AbortSignal): Promise<AppliedObject>;
  /**
   * Creates as `apply` does, and throws KUBE_ALREADY_EXISTS where `apply` would take over what somebody made in the meantime.
   */
  create(desired: KubeObject, signal?: AbortSignal): Promise<KubeObject>;
  /** Whether `apply` would leave this live object as it is. */
  isInPlace(desired: KubeObject, live: KubeObject): boolean;
  /**
   * Creates what is absent and never touches what is there: for Secrets with generated content. What is there is given as `live` knows it,
   * else with its metadata alone. Errors: KUBE_ALREADY_EXISTS for what `mayTakeOver` says no to; all of the client's.
   */
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
  /**
   * Asked about an object that `live` did not know, that has the name of a desired one, and of which no field is ours: somebody else's,
   * or an old one of ours that was brought back. Where it says no, the object stays untouched. Default: yes.
   */
  mayTakeOver?: (found: KubeObject) => boolean;
  /** Told of what the server answered when an object was created or changed, so that a store may show it at once (see `Reflector.assume`). */
  wrote?: (kind: ResourceKind, object: KubeObject) => void;
  /**
   * Told of a live object that was found in place. May give a smaller one, to which `live` will answer from then on, for of an
   * object in place nothing but its metadata is looked at until it changes (see `Reflector.reduce`). managedFields may go too.
   */
  settled?: (kind: ResourceKind, object: KubeObject) => KubeObject | undefined;
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

  const { wrote = () => undefined, settled = () => undefined, mayTakeOver = () => true } = deps;
  const prepared = createPreparer(hashAnnotation);
  const owner = { client, fieldManager };
  /** The desired state that a live object, as one read gave it, was found to be in: a store gives the same one until it changes. */
  const verified = new WeakMap<KubeObject, string>();
  const hashOf = ({ metadata }: KubeObject): string => metadata.annotations?.[hashAnnotation] ?? '';
  const isAsPrepared = (wanted: KubeObject, live: KubeObject): boolean => {
    const hash = hashOf(wanted);
    if (hashOf(live) !== hash) return false;
    if (verified.get(live) === hash) return true;
    const [desired, present] = [comparable(wanted), comparable(live)];
    const inPlace =
      isSubset(desired, present, ownedFields(live, fieldManager)) &&
      !isTakenWhole(desired, present, othersFields(live, fieldManager));
    if (!inPlace) return false;
    verified.set(live, hash);
    const smaller = settled(client.kindOf(wanted), live);
    if (smaller) verified.set(smaller, hash);
    return true;
  };
  const create = async (wanted: KubeObject, signal: AbortSignal | undefined): Promise<KubeObject> => {
    const object = await client.create(wanted, { fieldManager, signal });
    wrote(client.kindOf(wanted), object);
    return object;
  };
  /** Undefined when there is one already. */
  const createAbsent = (wanted: KubeObject, signal: AbortSignal | undefined): Promise<KubeObject | undefined> =>
    create(wanted, signal).catch((error: unknown) => {
      if (!hasCode(error, 'KUBE_ALREADY_EXISTS')) throw error;
      return undefined;
    });
  /** Creates it; or gives what is there by now, unless that is somebody else's. */
  const createOrFind = async (wanted: KubeObject, options: ReadOptions): Promise<AppliedObject> => {
    const made = await createAbsent(wanted, options.signal);
    if (made) return { result: 'created', object: made };
    const found = await client.get(client.kindOf(wanted), refOf(wanted), options);
    if (!found) return { result: 'created', object: await create(wanted, options.signal) };
    if (!isWrittenBy(found, fieldManager) && !mayTakeOver(found)) throw foreign(found);
    return { result: 'unchanged', object: found };
  };
  const change = async (wanted: KubeObject, live: KubeObject, signal?: AbortSignal): Promise<AppliedObject> => {
    if (isAsPrepared(wanted, live)) return { result: 'unchanged', object: live };
    // Where the same was applied before, no field has left the desired state.
    if (hashOf(wanted) !== hashOf(live)) await takeOver(owner, live, signal);
    const object = await client.apply(wanted, { fieldManager, signal });
    const isSame = object.metadata.resourceVersion === live.metadata.resourceVersion;
    return { result: isSame ? 'unchanged' : 'configured', object };
  };

  return {
    async apply(desired, signal) {
      const wanted = prepared(desired);
      const [kind, ref] = [client.kindOf(wanted), refOf(wanted)];
      const live = await lookUp(kind, ref, signal);
      if (live) {
        const applied = await change(wanted, live, signal);
        if (applied.result === 'configured') wrote(kind, applied.object);
        return applied;
      }
      const { result, object } = await createOrFind(wanted, { signal });
      // Found: the look-up was too old. Nobody is told of what is written now: to a store, all that happened to the object is news.
      return result === 'created' ? { result, object } : change(wanted, object, signal);
    },

    create: (desired, signal) => create(prepared(desired), signal),

    isInPlace: (desired, live) => isAsPrepared(prepared(desired), live),

    async createOnce(desired, signal) {
      const kind = client.kindOf(desired);
      const live = await lookUp(kind, refOf(desired), signal);
      if (live) return { result: 'unchanged', object: live };
      return createOrFind(desired, { metadataOnly: true, signal });
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

function foreign(found: KubeObject): KubeError {
  const message = `${found.kind} ${objectKey(found.metadata)} exists already and was made by somebody else: it stays untouched. Delete it if nobody needs it`;
  return new KubeError(message, { code: 'KUBE_ALREADY_EXISTS' });
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

/** Gives each desired object as it is written, once: a plan that is kept is not hashed again. */
function createPreparer(hashAnnotation: string): (desired: KubeObject) => KubeObject {
  const known = new WeakMap<KubeObject, KubeObject>();
  return (desired) => {
    const before = known.get(desired);
    if (before) return before;
    const wanted = withHash(withoutStringData(desired), hashAnnotation);
    known.set(desired, wanted);
    return wanted;
  };
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

function othersFields(live: KubeObject, manager: string): FieldSet[] {
  const entries = live.metadata.managedFields ?? [];
  return entries.flatMap((entry) => (entry.manager === manager || !entry.fieldsV1 ? [] : [entry.fieldsV1]));
}
