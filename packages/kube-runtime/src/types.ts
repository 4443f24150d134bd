/** The part of `metadata` this package reads. Everything else passes through untouched. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  creationTimestamp?: string;
  deletionTimestamp?: string;
  managedFields?: ManagedFieldsEntry[];
}

/** One entry of `metadata.ownerReferences`. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** One entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: string;
  subresource?: string;
  apiVersion?: string;
  fieldsType?: string;
  fieldsV1?: Record<string, unknown>;
  time?: string;
}

/** What every Kubernetes object has. Constrain type parameters with this: interfaces without an index signature fit. */
export interface KubeResource {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** A Kubernetes object as the API server sends it: raw JSON, no model that could drop a field. */
export interface KubeObject extends KubeResource {
  [field: string]: unknown;
}

/** How a kind is addressed over HTTP. Supplied by the user as a fixed table; nothing is discovered. */
export interface ResourceKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Names one object of a kind. `namespace` must be given for namespaced kinds, and only for those. */
export interface ObjectRef {
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** What the API server tells a watcher. A bookmark carries only `metadata.resourceVersion`. */
export interface WatchEvent<T extends KubeResource = KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

/** The logger this package writes to; a pino logger fits. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** `namespace/name`, or `name` for cluster-scoped objects: the key stores and queues use. */
export function objectKey(ref: { readonly name: string; readonly namespace?: string | undefined }): string {
  return ref.namespace ? `${ref.namespace}/${ref.name}` : ref.name;
}

/** The inverse of {@link objectKey}. */
export function parseKey(key: string): ObjectRef {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
