import { builtinKinds, type BuiltinKind, type KubeObject } from '@luna-iems/kube-runtime';
import { lunaTenantKind } from '../tenant.ts';
import { startCluster, tenantObject, type TestCluster } from './cluster.ts';

/** Where the tests' EndpointSlice says that the API server listens. */
export const API_SERVER = { address: '192.0.2.10', port: 6443 };

/** A test cluster with the few questions and orders that the operator's tests keep repeating. */
export interface World extends TestCluster {
  get(kind: BuiltinKind, name: string, namespace: string): Promise<KubeObject | undefined>;
  namespace(name: string): Promise<KubeObject | undefined>;
  /** Names of all objects of a kind, sorted. */
  names(kind: BuiltinKind, namespace: string): Promise<string[]>;
  /** Content of all Secrets, by name. */
  secrets(namespace: string): Promise<Record<string, Record<string, string>>>;
  /** Applies a tenant as a user would, and waits until the operator has dealt with it. */
  apply(...args: Parameters<typeof tenantObject>): Promise<void>;
  /** Merges into a tenant, and waits. */
  change(name: string, body: object): Promise<void>;
  /** Makes the operator look at a tenant again. */
  poke(name: string): Promise<void>;
  /** Asks for a tenant's deletion, and waits. */
  remove(name: string): Promise<void>;
}

export async function startWorld(kubeconfig: string): Promise<World> {
  const cluster = await startCluster(kubeconfig);
  const { client } = cluster;
  const idle = (): Promise<void> => cluster.idle();
  await client.apply(endpoints(), { fieldManager: 'test' });
  const change = async (name: string, body: object): Promise<void> => {
    await client.patch(lunaTenantKind, { name }, { type: 'merge', body });
    await idle();
  };
  return {
    ...cluster,
    get: (kind, name, namespace) => client.get(builtinKinds[kind], { name, namespace }),
    namespace: (name) => client.get(builtinKinds.Namespace, { name }),
    names: async (kind, namespace) =>
      (await client.list(builtinKinds[kind], { namespace })).items.map(({ metadata }) => metadata.name).sort(),
    secrets: async (namespace) => {
      const { items } = await client.list(builtinKinds.Secret, { namespace });
      return Object.fromEntries(items.map(({ metadata, data }) => [metadata.name, data as Record<string, string>]));
    },
    apply: async (...args) => {
      await client.apply(tenantObject(...args), { fieldManager: 'kubectl' });
      await idle();
    },
    change,
    poke: (name) => change(name, { metadata: { annotations: { poke: String(Math.random()) } } }),
    remove: async (name) => {
      await client.delete(lunaTenantKind, { name });
      await idle();
    },
  };
}

function endpoints(): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [API_SERVER.address] }],
    ports: [{ name: 'https', port: API_SERVER.port, protocol: 'TCP' }],
  };
}
