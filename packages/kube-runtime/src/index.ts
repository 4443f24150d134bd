// First contract: signatures are stable; implementations arrive file by file.
import type { Registry } from 'prom-client';
import type { KubeObject, KubeResource, Logger, ObjectRef, ResourceKind, WatchEvent } from './types.ts';

export * from './types.ts';

// ---- time and chance -------------------------------------------------------------------------------------------
/** Time as a dependency. `now` is wall time in ms since 1970; `monotonic` never steps. */
export interface Clock {
  now(): number;
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
export declare const systemClock: Clock;

// ---- errors ----------------------------------------------------------------------------------------------------
export type KubeErrorCode =
  | 'KUBE_CONFIG' // kubeconfig or service account cannot be read
  | 'KUBE_UNREACHABLE' // no connection, connection lost
  | 'KUBE_TIMEOUT'
  | 'KUBE_ABORTED' // the caller's signal
  | 'KUBE_BAD_REQUEST' // 400, 405, 406, 415 …
  | 'KUBE_UNAUTHORIZED' // 401
  | 'KUBE_FORBIDDEN' // 403
  | 'KUBE_NOT_FOUND' // 404
  | 'KUBE_ALREADY_EXISTS' // 409 reason AlreadyExists
  | 'KUBE_CONFLICT' // 409
  | 'KUBE_EXPIRED' // 410
  | 'KUBE_INVALID' // 422
  | 'KUBE_THROTTLED' // 429
  | 'KUBE_SERVER' // 5xx
  | 'KUBE_PROTOCOL' // an answer that is not JSON, a watch that sends nonsense
  | 'KUBE_UNKNOWN_KIND' // not in the client's table
  | 'KUBE_FENCED'; // write refused: the lease is not provably held
export declare class KubeError extends Error {
  readonly code: KubeErrorCode;
  /** HTTP status; undefined when no answer arrived. */
  readonly status: number | undefined;
  /** The API server's `Status.reason`, e.g. `AlreadyExists`. */
  readonly reason: string | undefined;
  /** Seconds of the Retry-After header. */
  readonly retryAfterSeconds: number | undefined;
}
/** Thrown by a reconcile: do not retry until the object changes. */
export declare class TerminalError extends Error {
  constructor(message: string, options?: { cause?: unknown });
}
export declare function hasCode(error: unknown, ...codes: KubeErrorCode[]): error is KubeError;

// ---- transport -------------------------------------------------------------------------------------------------
export interface TransportRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path, e.g. `/api/v1/namespaces`. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  body?: unknown;
  contentType?: string;
  accept?: string;
  /** Milliseconds until the whole answer must be there (for streams: until the headers). Default 30 000. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}
export interface Transport {
  /** Sends one request, gives the parsed JSON body. Throws KubeError only. */
  request<T = unknown>(request: TransportRequest): Promise<T>;
  /** Sends one request, gives its body as newline-delimited JSON values until the server ends it or the signal aborts. */
  stream(request: TransportRequest & { inactivityMs?: number }): Promise<AsyncIterable<unknown>>;
  close(): Promise<void>;
}
export interface ConnectionConfig {
  /** e.g. https://127.0.0.1:6443 */
  server: string;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  token?: string | undefined;
  /** Re-read every 60 s and after a 401. */
  tokenFile?: string | undefined;
  /** The context's or pod's namespace. */
  namespace?: string | undefined;
  insecureSkipTlsVerify?: boolean | undefined;
}
/** In-cluster service account when there is one and no `kubeconfig`/KUBECONFIG is given, else the kubeconfig file. Throws KUBE_CONFIG. */
export declare function loadConnectionConfig(options?: {
  kubeconfig?: string;
  context?: string;
  env?: NodeJS.ProcessEnv;
}): Promise<ConnectionConfig>;
export declare function createTransport(deps: {
  config: ConnectionConfig;
  userAgent?: string;
  /** Client-side rate limit; default 50 qps, burst 100. */
  qps?: number;
  burst?: number;
  metrics?: RuntimeMetrics;
  clock?: Clock;
}): Transport;

// ---- client ----------------------------------------------------------------------------------------------------
export interface ListOptions {
  /** Undefined = all namespaces (or cluster-scoped). */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Only apiVersion, kind and metadata of each object are fetched. */
  metadataOnly?: boolean;
  signal?: AbortSignal | undefined;
}
export interface ListResult<T extends KubeResource> {
  items: T[];
  resourceVersion: string;
}
export interface WriteOptions {
  fieldManager?: string;
  dryRun?: boolean;
  signal?: AbortSignal | undefined;
}
export interface ApplyOptions {
  fieldManager: string;
  /** Take fields over from other managers; default true. */
  force?: boolean;
  dryRun?: boolean;
  signal?: AbortSignal | undefined;
}
export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'test' | 'copy' | 'move';
  path: string;
  value?: unknown;
  from?: string;
}
export type Patch = { type: 'json'; operations: JsonPatchOperation[] } | { type: 'merge'; body: unknown };
export interface DeleteOptions {
  uid?: string | undefined;
  resourceVersion?: string | undefined;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  signal?: AbortSignal | undefined;
}
export interface WatchOptions extends ListOptions {
  resourceVersion: string;
  timeoutSeconds?: number;
  inactivityMs?: number;
}
export interface Client {
  /** The table's entry for this object's apiVersion and kind. Throws KUBE_UNKNOWN_KIND. */
  kindOf(object: { apiVersion: string; kind: string }): ResourceKind;
  /** Undefined when there is none (404). */
  get<T extends KubeResource = KubeObject>(
    kind: ResourceKind,
    ref: ObjectRef,
    options?: { metadataOnly?: boolean; signal?: AbortSignal | undefined },
  ): Promise<T | undefined>;
  /** All pages (500 a page). */
  list<T extends KubeResource = KubeObject>(kind: ResourceKind, options?: ListOptions): Promise<ListResult<T>>;
  create<T extends KubeResource>(object: T, options?: WriteOptions): Promise<T>;
  /** Server-side apply, fieldValidation=Strict. */
  apply<T extends KubeResource>(object: T, options: ApplyOptions): Promise<T>;
  applyStatus<T extends KubeResource>(object: T, options: ApplyOptions): Promise<T>;
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
  /** False when there was none (404). A failed precondition throws KUBE_CONFLICT. */
  delete(kind: ResourceKind, ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;
  /** One watch request. Ends when the server ends it; throws KubeError (KUBE_EXPIRED on 410). Use a reflector to keep watching. */
  watch<T extends KubeResource = KubeObject>(kind: ResourceKind, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
}
/** `builtinKinds` is always in the table; `kinds` adds to it. */
export declare function createClient(deps: { transport: Transport; kinds?: readonly ResourceKind[] }): Client;
/** Kubernetes' own kinds, by kind name: builtinKinds.Deployment … */
export declare const builtinKinds: Readonly<
  Record<
    | 'Namespace'
    | 'Pod'
    | 'Service'
    | 'Endpoints'
    | 'EndpointSlice'
    | 'ServiceAccount'
    | 'ConfigMap'
    | 'Secret'
    | 'PersistentVolumeClaim'
    | 'PersistentVolume'
    | 'Node'
    | 'ResourceQuota'
    | 'LimitRange'
    | 'Event'
    | 'Deployment'
    | 'StatefulSet'
    | 'DaemonSet'
    | 'ReplicaSet'
    | 'Job'
    | 'CronJob'
    | 'NetworkPolicy'
    | 'Ingress'
    | 'Role'
    | 'RoleBinding'
    | 'ClusterRole'
    | 'ClusterRoleBinding'
    | 'PodDisruptionBudget'
    | 'StorageClass'
    | 'Lease'
    | 'CustomResourceDefinition',
    ResourceKind
  >
>;

// ---- watcher and store -----------------------------------------------------------------------------------------
export interface Store<T extends KubeResource> {
  /** By objectKey(). Objects are frozen by convention: never change what a store gave you. */
  get(key: string): T | undefined;
  list(): T[];
  byIndex(index: string, value: string): T[];
  keys(): string[];
  readonly size: number;
}
export type Change<T extends KubeResource> =
  | { type: 'added'; key: string; object: T; initial: boolean }
  | { type: 'updated'; key: string; object: T; previous: T; initial: boolean }
  | { type: 'deleted'; key: string; object: T; initial: false };
export interface Reflector<T extends KubeResource> {
  readonly kind: ResourceKind;
  readonly store: Store<T>;
  /** Resolves after the first complete list. */
  readonly synced: Promise<void>;
  hasSynced(): boolean;
  /** Handlers are synchronous and must only enqueue keys; what they throw is logged. Returns the unsubscribe function. A late subscriber is first told of everything in the store (initial: true). */
  subscribe(handler: (change: Change<T>) => void): () => void;
  /** Lists and watches until the signal aborts; never rejects, never gives up. Call once. */
  run(signal: AbortSignal): Promise<void>;
}
export declare function createReflector<T extends KubeResource = KubeObject>(deps: {
  client: Client;
  kind: ResourceKind;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  metadataOnly?: boolean;
  /** index name -> values of an object */
  indexers?: Readonly<Record<string, (object: T) => readonly string[]>>;
  /** Full list again after this long; default 10 min ± 10 %. */
  relistMs?: number;
  logger?: Logger;
  clock?: Clock;
}): Reflector<T>;

// ---- scheduler and runner --------------------------------------------------------------------------------------
export type Priority = 'high' | 'normal' | 'low';
export interface ReconcileResult {
  /** Run this key again after so many ms (unless something wakes it earlier). */
  requeueAfterMs?: number | undefined;
}
export interface Source {
  /** Starts telling of keys; returns the unsubscribe function. */
  start(enqueue: (key: string, priority?: Priority) => void): () => void;
  /** Resolves when the initial keys are known. */
  readonly synced: Promise<void>;
}
/**
 * A reflector as a source of keys. Default `keys`: the object's own key. Default `when`: everything; use `generationChanged` and
 * friends so that your own status writes do not wake you. Initial and relist events get low priority.
 */
export declare function fromReflector<T extends KubeResource>(
  reflector: Reflector<T>,
  options?: { keys?: (object: T) => readonly string[]; when?: (change: Change<T>) => boolean },
): Source;
/** True for additions, deletions, and updates that change more than resourceVersion, managedFields or status. */
export declare function specOrMetadataChanged(change: Change<KubeResource>): boolean;
/** True for everything but updates that change only resourceVersion and managedFields. */
export declare function contentChanged(change: Change<KubeResource>): boolean;

export interface Controller {
  /** Waits for its sources, then works until the signal aborts; then lets running reconciles finish (bounded by drainMs). */
  run(signal: AbortSignal): Promise<void>;
  enqueue(key: string, options?: { priority?: Priority; afterMs?: number }): void;
  /** False when a reconcile has been stuck beyond its timeout or keys wait while no worker makes progress. */
  healthy(): boolean;
  /** Resolves when nothing is queued, running or due within `horizonMs` (default 0: back-offs and requeues in the future do not count). For tests. */
  idle(): Promise<void>;
}
export declare function createController(deps: {
  name: string;
  sources: readonly Source[];
  reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult | void>;
  /** Default 10. */
  concurrency?: number;
  /** Every key in `resyncKeys()` is enqueued with low priority this often (± 10 %). */
  resyncMs?: number;
  resyncKeys?: () => readonly string[];
  /** The signal of a reconcile aborts after this; default 5 min. */
  reconcileTimeoutMs?: number;
  /** Per-key back-off; default 200 ms doubling to 5 min. */
  backoff?: { baseMs: number; maxMs: number };
  drainMs?: number;
  metrics?: RuntimeMetrics;
  logger?: Logger;
  clock?: Clock;
}): Controller;

// ---- leadership ------------------------------------------------------------------------------------------------
export interface LeaderElector {
  /** Campaigns until the signal aborts. `lead` runs while leading; its signal aborts when leadership is lost. Releases the lease at the end. */
  run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
  isLeader(): boolean;
  /** True while no other elector can hold the lease: the last successful renewal began less than renewDeadline ago, by the monotonic clock. */
  provablyHeld(): boolean;
}
export declare function createLeaderElector(deps: {
  client: Client;
  lease: { name: string; namespace: string };
  identity: string;
  /** Defaults 15 000 / 10 000 / 2 000. */
  leaseDurationMs?: number;
  renewDeadlineMs?: number;
  retryPeriodMs?: number;
  metrics?: RuntimeMetrics;
  logger?: Logger;
  clock?: Clock;
}): LeaderElector;
/** A transport that refuses everything but GET with KUBE_FENCED unless `mayWrite()`. */
export declare function fenceWrites(transport: Transport, mayWrite: () => boolean): Transport;
/** Six-digit fraction, as Lease and Event times need. */
export declare function microTime(ms: number): string;

// ---- apply and prune -------------------------------------------------------------------------------------------
export interface AppliedObject {
  result: 'created' | 'configured' | 'unchanged';
  object: KubeObject;
}
export interface PruneScope {
  kinds: readonly ResourceKind[];
  namespace?: string | undefined;
  /** Everything that carries all these labels and is not desired goes. Must not be empty. */
  labels: Readonly<Record<string, string>>;
  /** PersistentVolumeClaim, PersistentVolume, Secret and Namespace are only pruned when named here. */
  alsoDestroy?: readonly ('PersistentVolumeClaim' | 'PersistentVolume' | 'Secret' | 'Namespace')[];
  /** Last word, e.g. to spare finished Jobs. */
  spare?: (object: KubeResource) => boolean;
}
export interface Applier {
  /** Writes only when live differs from desired (or desired lost a field since the last apply). */
  apply(desired: KubeObject, signal?: AbortSignal): Promise<AppliedObject>;
  /** Creates when absent, never touches what is there (Secrets with generated content). */
  createOnce(desired: KubeObject, signal?: AbortSignal): Promise<AppliedObject>;
  /** Deletes, with UID preconditions, what carries the labels and is not in `desired`. Gives what was deleted. */
  prune(desired: readonly KubeResource[], scope: PruneScope, signal?: AbortSignal): Promise<KubeResource[]>;
}
export declare function createApplier(deps: {
  client: Client;
  fieldManager: string;
  /** Annotation that holds the hash of the last applied object, e.g. `example.io/applied-hash`. */
  hashAnnotation: string;
  /** Looks up the live object, e.g. in a reflector's store; default: GET. */
  live?: (
    kind: ResourceKind,
    ref: ObjectRef,
    signal?: AbortSignal,
  ) => Promise<KubeObject | undefined> | KubeObject | undefined;
}): Applier;
/** True when every field of `desired` has the same value in `live` (quantities and defaulted fields understood). */
export declare function isSubset(desired: unknown, live: unknown): boolean;
/** Hash of a JSON value, independent of key order; 16 hex digits. */
export declare function contentHash(value: unknown): string;

// ---- helpers ---------------------------------------------------------------------------------------------------
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  observedGeneration?: number;
  lastTransitionTime: string;
}
/** Pure: replaces or appends; `lastTransitionTime` moves only when `status` changed. `nowMs` from your clock. */
export declare function setCondition(
  conditions: readonly Condition[],
  next: Omit<Condition, 'lastTransitionTime'>,
  nowMs: number,
): Condition[];
export declare function getCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined;

/** Adds the finalizer with a JSON patch that tests the resourceVersion's list; a no-op when present. Gives the object as it is then. */
export declare function ensureFinalizer<T extends KubeResource>(
  client: Client,
  kind: ResourceKind,
  object: T,
  finalizer: string,
): Promise<T>;
/** Removes exactly that finalizer with a JSON patch test+remove; a no-op when absent or the object is gone. */
export declare function removeFinalizer<T extends KubeResource>(
  client: Client,
  kind: ResourceKind,
  object: T,
  finalizer: string,
): Promise<void>;

export interface EventRecorder {
  /** Never throws, never blocks: what fails is logged. Repeats of the same event within ten minutes are counted, not written anew. */
  record(event: {
    regarding: KubeResource;
    type: 'Normal' | 'Warning';
    reason: string;
    action: string;
    note: string;
  }): void;
  /** Resolves when everything recorded so far was sent. */
  flush(): Promise<void>;
}
export declare function createEventRecorder(deps: {
  client: Client;
  controller: string;
  instance: string;
  clock?: Clock;
  logger?: Logger;
}): EventRecorder;

// ---- metrics ---------------------------------------------------------------------------------------------------
/** Opaque: made by createRuntimeMetrics, handed to the factories above. */
export interface RuntimeMetrics {
  readonly registry: Registry;
}
/** Registers controller_runtime_*, workqueue_*, rest_client_requests_total, leader_election_master_status in `registry`. */
export declare function createRuntimeMetrics(registry: Registry): RuntimeMetrics;
