import type { KubeObject } from '@luna-iems/kube-runtime';
import type { Observed } from '../observed.ts';
import type { Platform } from '../platform.ts';
import type { LunaTenant, LunaTenantSpec } from '../tenant.ts';

/** A platform with images that are told apart at a glance. */
export function platformFixture(changes: Partial<Platform> = {}): Platform {
  const labels = (namespace: string): { namespaceLabels: Record<string, string> } => ({
    namespaceLabels: { 'kubernetes.io/metadata.name': namespace },
  });
  return {
    version: '1.2.3',
    images: {
      tenantApi: 'luna/tenant-api:1',
      tenantSim: 'luna/tenant-sim:1',
      timescaledb: 'timescaledb:1',
      qdrant: 'qdrant:1',
      tika: 'tika:1',
      ollama: 'ollama:1',
      objectStore: 'object-store:1',
      models: 'models:1',
    },
    imagePullPolicy: 'IfNotPresent',
    imagePullSecrets: [],
    logLevel: 'info',
    network: {
      dns: { ...labels('kube-system'), podLabels: { 'k8s-app': 'kube-dns' } },
      monitoring: labels('monitoring'),
      ingressController: labels('ingress-nginx'),
    },
    scheduling: {},
    inherit: { labels: [], annotations: [] },
    monitoring: { labels: {}, interval: '30s' },
    quota: { pods: '30' },
    rollout: { maxConcurrent: 5, intervalSeconds: 0 },
    controller: { concurrency: 4, resyncSeconds: 600, logLevel: 'info' },
    ...changes,
  };
}

/** A spec as the API server completes an empty one, with changes. */
export function specFixture(changes: Partial<LunaTenantSpec> = {}): LunaTenantSpec {
  return {
    database: { storage: { size: '10Gi' } },
    vectorStore: { storage: { size: '10Gi' } },
    extraction: {},
    models: {
      embedding: { name: 'embeddinggemma', dimensions: 768 },
      source: { type: 'registry' },
      storage: { size: '10Gi' },
    },
    api: { replicas: 1 },
    simulation: { enabled: true, schedule: '*/5 * * * *' },
    privacy: { allowAggregates: false },
    network: { apiClients: [] },
    monitoring: { serviceMonitor: 'auto' },
    hibernate: false,
    paused: false,
    deletionPolicy: 'Retain',
    deletionProtection: false,
    ...changes,
  };
}

/** A tenant `demo` with these changes to the spec. */
export function tenantFixture(
  spec: Partial<LunaTenantSpec> = {},
  metadata: Partial<LunaTenant['metadata']> = {},
): LunaTenant {
  return {
    apiVersion: 'luna-iems.io/v1alpha1',
    kind: 'LunaTenant',
    metadata: { name: 'demo', uid: 'uid-demo', generation: 3, ...metadata },
    spec: specFixture(spec),
  };
}

/** A world that holds exactly these objects. */
export function observedFixture(objects: readonly KubeObject[] = []): Observed {
  return {
    find: (kind, name) => objects.find((object) => object.kind === kind && object.metadata.name === name),
    list: (kind) => objects.filter((object) => object.kind === kind),
  };
}

/** A pod of a component, with a status. */
export function podFixture(component: string, status: object, name = `${component}-0`): KubeObject {
  const labels = { 'app.kubernetes.io/name': component, 'luna-iems.io/tenant': 'demo' };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'luna-demo', labels }, status };
}

/** The object as its controller reports it when all of it runs. */
export function rolledOutFixture(object: KubeObject): KubeObject {
  const { replicas = 1 } = (object['spec'] ?? {}) as { replicas?: number };
  const metadata = { ...object.metadata, generation: 1 };
  const status =
    object.kind === 'Job'
      ? { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] }
      : { observedGeneration: 1, replicas, readyReplicas: replicas, updatedReplicas: replicas };
  return { ...object, metadata, status };
}
