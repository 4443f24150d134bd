import type { ObjectRef, ResourceKind } from './types.ts';

const table = (apiVersion: string, namespaced: boolean, kinds: Record<string, string>): ResourceKind[] =>
  Object.entries(kinds).map(([kind, plural]) => ({ apiVersion, kind, plural, namespaced }));

const list = [
  ...table('v1', false, { Namespace: 'namespaces', Node: 'nodes', PersistentVolume: 'persistentvolumes' }),
  ...table('v1', true, {
    ConfigMap: 'configmaps',
    Endpoints: 'endpoints',
    LimitRange: 'limitranges',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    Pod: 'pods',
    ResourceQuota: 'resourcequotas',
    Secret: 'secrets',
    Service: 'services',
    ServiceAccount: 'serviceaccounts',
  }),
  ...table('apps/v1', true, {
    DaemonSet: 'daemonsets',
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
  }),
  ...table('batch/v1', true, { CronJob: 'cronjobs', Job: 'jobs' }),
  ...table('networking.k8s.io/v1', true, { Ingress: 'ingresses', NetworkPolicy: 'networkpolicies' }),
  ...table('rbac.authorization.k8s.io/v1', true, { Role: 'roles', RoleBinding: 'rolebindings' }),
  ...table('rbac.authorization.k8s.io/v1', false, {
    ClusterRole: 'clusterroles',
    ClusterRoleBinding: 'clusterrolebindings',
  }),
  ...table('policy/v1', true, { PodDisruptionBudget: 'poddisruptionbudgets' }),
  ...table('storage.k8s.io/v1', false, { StorageClass: 'storageclasses' }),
  ...table('coordination.k8s.io/v1', true, { Lease: 'leases' }),
  ...table('discovery.k8s.io/v1', true, { EndpointSlice: 'endpointslices' }),
  ...table('events.k8s.io/v1', true, { Event: 'events' }),
  ...table('apiextensions.k8s.io/v1', false, { CustomResourceDefinition: 'customresourcedefinitions' }),
];

/** Names of the kinds in {@link builtinKinds}. */
export type BuiltinKind =
  | 'ClusterRole'
  | 'ClusterRoleBinding'
  | 'ConfigMap'
  | 'CronJob'
  | 'CustomResourceDefinition'
  | 'DaemonSet'
  | 'Deployment'
  | 'Endpoints'
  | 'EndpointSlice'
  | 'Event'
  | 'Ingress'
  | 'Job'
  | 'Lease'
  | 'LimitRange'
  | 'Namespace'
  | 'NetworkPolicy'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'Pod'
  | 'PodDisruptionBudget'
  | 'ReplicaSet'
  | 'ResourceQuota'
  | 'Role'
  | 'RoleBinding'
  | 'Secret'
  | 'Service'
  | 'ServiceAccount'
  | 'StatefulSet'
  | 'StorageClass';

/** Kubernetes' own kinds, by name: `builtinKinds.Deployment`. */
export const builtinKinds = Object.fromEntries(list.map((kind) => [kind.kind, kind])) as Readonly<
  Record<BuiltinKind, ResourceKind>
>;

/** The path of a kind's collection, or of one object (`ref`), or of its subresource. */
export function resourcePath(
  kind: ResourceKind,
  at: { namespace?: string | undefined; name?: string; subresource?: string | undefined },
): string {
  const root = kind.apiVersion.includes('/') ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const scope = kind.namespaced && at.namespace ? `/namespaces/${encodeURIComponent(at.namespace)}` : '';
  const name = at.name === undefined ? '' : `/${encodeURIComponent(at.name)}`;
  const subresource = at.subresource ? `/${at.subresource}` : '';
  return `${root}${scope}/${kind.plural}${name}${subresource}`;
}

/** Kind and key in one string, unique across kinds. */
export function kindKey(object: { apiVersion: string; kind: string }): string {
  return `${object.apiVersion}/${object.kind}`;
}

/** The reference of an object. */
export function refOf(object: { metadata: { name: string; namespace?: string | undefined } }): ObjectRef {
  return { name: object.metadata.name, namespace: object.metadata.namespace };
}
