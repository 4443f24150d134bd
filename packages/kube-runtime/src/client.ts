import pLimit, { type LimitFunction } from 'p-limit';
import { errorFromStatus, hasCode, KubeError } from './errors.ts';
import { builtinKinds, kindKey, resourcePath } from './kinds.ts';
import type { Transport, TransportRequest } from './transport.ts';
import type { KubeObject, KubeResource, ObjectRef, ResourceKind, WatchEvent } from './types.ts';

/** What every read takes. */
export interface ReadOptions {
  /** Only apiVersion, kind and metadata are fetched. */
  metadataOnly?: boolean;
  signal?: AbortSignal | undefined;
}

/** Which objects of a kind. */
export interface ListOptions extends ReadOptions {
  /** Undefined: all namespaces (or a cluster-scoped kind). */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
}

/** A whole list, and the version of the cluster it shows. */
export interface ListResult<T extends KubeResource> {
  items: T[];
  resourceVersion: string;
}

/** What creations and patches take. */
export interface WriteOptions {
  fieldManager?: string;
  dryRun?: boolean;
  signal?: AbortSignal | undefined;
}

/** What server-side applies take. */
export interface ApplyOptions {
  fieldManager: string;
  /** Take fields over from other managers; default true, as controllers should. */
  force?: boolean;
  dryRun?: boolean;
  signal?: AbortSignal | undefined;
}

/** One operation of RFC 6902. */
export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'test' | 'copy' | 'move';
  path: string;
  value?: unknown;
  from?: string;
}

/** A JSON patch (RFC 6902) or a merge patch (RFC 7386). */
export type Patch = { type: 'json'; operations: readonly JsonPatchOperation[] } | { type: 'merge'; body: unknown };

/** Preconditions and manner of a deletion. */
export interface DeleteOptions {
  uid?: string | undefined;
  resourceVersion?: string | undefined;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  dryRun?: boolean;
  signal?: AbortSignal | undefined;
}

/** Where a watch begins, and how long it may take. */
export interface WatchOptions extends ListOptions {
  resourceVersion: string;
  timeoutSeconds?: number;
  inactivityMs?: number;
}

/** Typed doors to the API server's verbs. All bodies are raw JSON; all errors are KubeErrors. */
export interface Client {
  /** The table's entry for an object's apiVersion and kind. Throws KUBE_UNKNOWN_KIND. */
  kindOf(object: { apiVersion: string; kind: string }): ResourceKind;
  /** Undefined when there is none (404). */
  get<T extends KubeResource = KubeObject>(
    kind: ResourceKind,
    ref: ObjectRef,
    options?: ReadOptions,
  ): Promise<T | undefined>;
  /**
   * Everything that matches, fetched in pages of 250, as of one moment; two pages at once, of all this client's lists together, so that
   * one page that the server leaves unanswered does not hold up the other lists. `keep` is given each object as its page arrives;
   * what it gives is listed instead, so that a long list need not be held whole.
   */
  list<T extends KubeResource = KubeObject>(
    kind: ResourceKind,
    options?: ListOptions,
    keep?: (object: T) => T,
  ): Promise<ListResult<T>>;
  /** Throws KUBE_ALREADY_EXISTS. Unknown fields are refused (fieldValidation=Strict). */
  create<T extends KubeResource>(object: T, options?: WriteOptions): Promise<T>;
  /** Server-side apply. Unknown fields are refused. With `force: false`, throws KUBE_CONFLICT where another manager owns a field. */
  apply<T extends KubeResource>(object: T, options: ApplyOptions): Promise<T>;
  /** Server-side apply of the status subresource. */
  applyStatus<T extends KubeResource>(object: T, options: ApplyOptions): Promise<T>;
  /** Throws KUBE_NOT_FOUND; a failed JSON-patch `test` throws KUBE_INVALID. */
  patch<T extends KubeResource = KubeObject>(
    kind: ResourceKind,
    ref: ObjectRef,
    patch: Patch,
    options?: WriteOptions,
  ): Promise<T>;
  patchStatus<T extends KubeResource = KubeObject>(
    kind: ResourceKind,
    ref: ObjectRef,
    patch: Patch,
    options?: WriteOptions,
  ): Promise<T>;
  /** False when there was none (404). A failed precondition throws KUBE_CONFLICT. True means accepted: finalizers may hold the object. */
  delete(kind: ResourceKind, ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;
  /** One watch request: ends when the server ends it, throws when it breaks (KUBE_EXPIRED: list anew). Use a reflector to keep watching. */
  watch<T extends KubeResource = KubeObject>(kind: ResourceKind, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
}

const pageSize = 250;
const metadataAccept = (kind: 'PartialObjectMetadata' | 'PartialObjectMetadataList'): string =>
  `application/json;as=${kind};g=meta.k8s.io;v=v1`;
const dryRunQuery = (dryRun: boolean | undefined): { dryRun?: string } => (dryRun ? { dryRun: 'All' } : {});

interface ListBody {
  items?: KubeResource[] | null;
  metadata?: { resourceVersion?: string; continue?: string };
}

/** A client for {@link builtinKinds} and the `kinds` given (which win over built-in ones of the same name). */
export function createClient(deps: { transport: Transport; kinds?: readonly ResourceKind[] }): Client {
  const { transport } = deps;
  // A page is held as text and as objects before `keep` has cut it, and whoever starts lists all kinds at the same time.
  const pages = pLimit(2);
  const known = new Map([...Object.values(builtinKinds), ...(deps.kinds ?? [])].map((kind) => [kindKey(kind), kind]));

  const kindOf = (object: { apiVersion: string; kind: string }): ResourceKind => {
    const kind = known.get(kindKey(object));
    if (kind) return kind;
    throw new KubeError(`${kindKey(object)} is not among the client's kinds`, { code: 'KUBE_UNKNOWN_KIND' });
  };

  const applyTo = async <T extends KubeResource>(
    object: T,
    options: ApplyOptions,
    subresource?: string,
  ): Promise<T> => {
    const { managedFields: _, ...metadata } = object.metadata;
    const request: TransportRequest = {
      method: 'PATCH',
      path: resourcePath(kindOf(object), { ...object.metadata, subresource }),
      query: {
        fieldManager: options.fieldManager,
        force: options.force ?? true,
        fieldValidation: 'Strict',
        ...dryRunQuery(options.dryRun),
      },
      contentType: 'application/apply-patch+yaml',
      body: { ...object, metadata },
      signal: options.signal,
    };
    try {
      return await transport.request<T>(request);
    } catch (error) {
      throw asBadRequest(error);
    }
  };

  const patchTo = <T>(
    at: { kind: ResourceKind; ref: ObjectRef; subresource?: string },
    patch: Patch,
    options: WriteOptions = {},
  ): Promise<T> =>
    transport.request<T>({
      method: 'PATCH',
      path: resourcePath(at.kind, { ...at.ref, subresource: at.subresource }),
      query: { fieldManager: options.fieldManager, fieldValidation: 'Strict', ...dryRunQuery(options.dryRun) },
      contentType: patch.type === 'json' ? 'application/json-patch+json' : 'application/merge-patch+json',
      body: patch.type === 'json' ? patch.operations : patch.body,
      signal: options.signal,
    });

  return {
    kindOf,

    async get<T extends KubeResource>(
      kind: ResourceKind,
      ref: ObjectRef,
      options: ReadOptions = {},
    ): Promise<T | undefined> {
      try {
        const accept = options.metadataOnly ? metadataAccept('PartialObjectMetadata') : 'application/json';
        const found = await transport.request<T>({
          method: 'GET',
          path: resourcePath(kind, ref),
          accept,
          signal: options.signal,
        });
        return asKind(found, kind);
      } catch (error) {
        if (hasCode(error, 'KUBE_NOT_FOUND')) return undefined;
        throw error;
      }
    },

    async list<T extends KubeResource>(
      kind: ResourceKind,
      options: ListOptions = {},
      keep: (object: T) => T = (object) => object,
    ): Promise<ListResult<T>> {
      try {
        return await listPages<T>({ transport, pages }, kind, { options, keep, limit: pageSize });
      } catch (error) {
        // The snapshot the pages are cut from can expire on a slow reader: then take everything in one answer.
        if (!hasCode(error, 'KUBE_EXPIRED')) throw error;
        return listPages<T>({ transport, pages }, kind, { options, keep, limit: undefined });
      }
    },

    create: <T extends KubeResource>(object: T, options: WriteOptions = {}): Promise<T> =>
      transport.request<T>({
        method: 'POST',
        path: resourcePath(kindOf(object), { namespace: object.metadata.namespace }),
        query: { fieldManager: options.fieldManager, fieldValidation: 'Strict', ...dryRunQuery(options.dryRun) },
        body: object,
        signal: options.signal,
      }),

    apply: (object, options) => applyTo(object, options),
    applyStatus: (object, options) => applyTo(object, options, 'status'),
    patch: (kind, ref, patch, options) => patchTo({ kind, ref }, patch, options),
    patchStatus: (kind, ref, patch, options) => patchTo({ kind, ref, subresource: 'status' }, patch, options),

    async delete(kind, ref, options = {}) {
      const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = options;
      const preconditions = uid || resourceVersion ? { uid, resourceVersion } : undefined;
      try {
        await transport.request({
          method: 'DELETE',
          path: resourcePath(kind, ref),
          query: dryRunQuery(options.dryRun),
          body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy, gracePeriodSeconds },
          signal: options.signal,
        });
        return true;
      } catch (error) {
        if (hasCode(error, 'KUBE_NOT_FOUND')) return false;
        throw error;
      }
    },

    watch: (kind, options) => watchOnce(transport, kind, options),
  };
}

async function listPages<T extends KubeResource>(
  { transport, pages }: { transport: Transport; pages: LimitFunction },
  kind: ResourceKind,
  how: { options: ListOptions; keep: (object: T) => T; limit: number | undefined },
): Promise<ListResult<T>> {
  const { options, keep, limit } = how;
  const { labelSelector, fieldSelector } = options;
  const items: T[] = [];
  /** Takes a page's items and gives what it says of the list. */
  const take = async (next: string | undefined): Promise<ListBody['metadata']> => {
    const query = { labelSelector, fieldSelector, limit, continue: next };
    const page = await transport.request<ListBody>({ ...listRequest(kind, options), query });
    for (const item of page.items ?? []) items.push(keep(asKind(item, kind) as T));
    return page.metadata;
  };
  let next: string | undefined;
  for (;;) {
    const from = next;
    const { continue: following, resourceVersion = '' } = (await pages(() => take(from))) ?? {};
    if (!following) return { items, resourceVersion };
    if (following === next)
      throw new KubeError(`the list of ${kind.plural} goes in circles`, { code: 'KUBE_PROTOCOL' });
    next = following;
  }
}

/** For a field it does not know in an apply, the API server answers 500, as though trying again could help. */
function asBadRequest(error: unknown): unknown {
  if (!hasCode(error, 'KUBE_SERVER') || !error.message.includes('failed to create typed patch object')) return error;
  const { status, reason } = error;
  return new KubeError(error.message, { code: 'KUBE_BAD_REQUEST', status, reason, cause: error });
}

function listRequest(kind: ResourceKind, options: ListOptions): TransportRequest {
  return {
    method: 'GET',
    path: resourcePath(kind, { namespace: options.namespace }),
    accept: options.metadataOnly ? metadataAccept('PartialObjectMetadataList') : 'application/json',
    timeoutMs: 60_000,
    signal: options.signal,
  };
}

/** Items of a list carry no kind, and metadata-only ones a wrong one. */
function asKind<T extends KubeResource>(object: T, kind: ResourceKind): T {
  object.apiVersion = kind.apiVersion;
  object.kind = kind.kind;
  return object;
}

async function* watchOnce<T extends KubeResource>(
  transport: Transport,
  kind: ResourceKind,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>> {
  const events = await transport.stream({
    ...listRequest(kind, options),
    accept: options.metadataOnly ? metadataAccept('PartialObjectMetadata') : 'application/json',
    timeoutMs: 30_000,
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: options.resourceVersion,
      timeoutSeconds: options.timeoutSeconds,
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
    },
    ...(options.inactivityMs === undefined ? {} : { inactivityMs: options.inactivityMs }),
  });
  for await (const event of events) yield readEvent<T>(event, kind);
}

function readEvent<T extends KubeResource>(event: unknown, kind: ResourceKind): WatchEvent<T> {
  const { type, object } = (event ?? {}) as { type?: string; object?: T };
  if (type === 'ERROR') throw errorFromStatus(`watch ${kind.plural}`, object);
  const isKnown = type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK';
  if (!isKnown || !object?.metadata)
    throw new KubeError(`watch ${kind.plural}: unknown event ${type}`, { code: 'KUBE_PROTOCOL' });
  return { type, object: asKind(object, kind) };
}
