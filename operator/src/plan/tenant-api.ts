import type { KubeObject } from '@luna-iems/kube-runtime';
import type { Platform } from '../platform.ts';
import { namespaceOf, type LunaTenant } from '../tenant.ts';
import { deployment } from './deployment.ts';
import type { Facts } from './desired.ts';
import { imagesOf } from './images.ts';
import { labelsOf, metaOf, selectorOf, type Planned } from './meta.ts';
import { container, fromSecret, plain, podTemplate, resources, scratch, type EnvVar, type Probe } from './pod.ts';
import { DATABASE } from './database.ts';
import { objectStoreOf, ownObjectStore, OBJECT_STORE_KEYS } from './object-store.ts';
import { usesSecrets } from './secrets.ts';
import { service } from './service.ts';
import { SIMULATORS } from './simulation.ts';

const API = 'tenant-api';

/** The tenant's HTTP API with what it needs: Service, rights on its own simulators, and what replicas and Ingress ask for. */
export function planTenantApi(tenant: LunaTenant, platform: Platform, facts: Pick<Facts, 'secrets'>): Planned[] {
  const { replicas, ingress } = tenant.spec.api;
  return [
    ...simulatorRights(tenant),
    service(tenant, API, 80),
    ...(replicas > 1 ? [{ object: disruptionBudget(tenant) }] : []),
    ...(ingress === undefined ? [] : [{ object: planIngress(tenant, ingress) }]),
    { object: apiDeployment(tenant, platform, facts), after: ['schema', 'models'] },
  ];
}

function get(path: string, periodSeconds: number, failureThreshold: number): Probe {
  return { httpGet: { path, port: 'http' }, periodSeconds, timeoutSeconds: 5, failureThreshold };
}

function apiDeployment(tenant: LunaTenant, platform: Platform, facts: Pick<Facts, 'secrets'>): KubeObject {
  const { replicas } = tenant.spec.api;
  const bucket = objectStoreOf(tenant);
  const api = container({
    name: 'api',
    image: imagesOf(tenant, platform).tenantApi,
    platform,
    resources: resources(tenant.spec.api.resources, { cpu: '50m', memory: '192Mi', limit: '1Gi' }),
    port: 8080,
    env: environment(tenant, platform),
    mounts: { tmp: '/tmp' },
    readOnlyMounts: {
      keys: '/etc/luna/api-keys',
      ...(bucket === undefined ? {} : { bucket: '/etc/luna/object-store' }),
    },
    probes: {
      startupProbe: get('/health/live', 2, 60),
      livenessProbe: get('/health/live', 15, 4),
      readinessProbe: get('/health/ready', 5, 3),
    },
  });
  const template = podTemplate({
    labels: labelsOf(tenant, API),
    // Not the API keys: the API reads them again by itself.
    ...usesSecrets(facts.secrets, secretsOf(tenant)),
    serviceAccount: API,
    uid: 65532,
    platform,
    tenant,
    mountToken: true,
    containers: [api],
    volumes: [
      { name: 'keys', secret: { secretName: 'tenant-api-keys' } },
      // Optional: the tenant answers without its object store, so also before somebody has brought the Secret.
      ...(bucket === undefined ? [] : [{ name: 'bucket', secret: { secretName: bucket.secret, optional: true } }]),
      scratch('tmp', '2Gi'),
    ],
    graceSeconds: 45,
    ...(replicas > 1 ? { spread: [spread(tenant)] } : {}),
  });
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
  return deployment({ tenant, component: API, replicas, template, strategy });
}

/** Secrets with which the API must be started anew when they change. */
function secretsOf(tenant: LunaTenant): string[] {
  return ['postgres-api', 'qdrant-keys', ...(ownObjectStore(tenant) === undefined ? [] : [OBJECT_STORE_KEYS])];
}

function environment(tenant: LunaTenant, platform: Platform): EnvVar[] {
  const { models, simulation, privacy } = tenant.spec;
  return [
    ...plain({
      HOST: '0.0.0.0',
      PORT: '8080',
      LOG_LEVEL: platform.logLevel,
      TENANT_NAME: tenant.metadata.name,
      TENANT_NAMESPACE: namespaceOf(tenant),
      DATABASE_URL: `postgres://luna_api@postgres:5432/${DATABASE}`,
      QDRANT_URL: 'http://qdrant:6333',
      TIKA_URL: 'http://tika:9998',
      OLLAMA_URL: 'http://ollama:11434',
      EMBEDDING_MODEL: models.embedding.name,
      EMBEDDING_DIMENSIONS: String(models.embedding.dimensions),
      ...(models.chat === undefined ? {} : { CHAT_MODEL: models.chat.name }),
      ...(models.reader === undefined ? {} : { READER_MODEL: models.reader.name }),
      API_KEYS_DIR: '/etc/luna/api-keys',
      ...(simulation.enabled ? { SIM_CRONJOBS: SIMULATORS.join(',') } : {}),
      ALLOW_AGGREGATES: String(privacy.allowAggregates),
      UPLOAD_MAX_BYTES: '104857600',
    }),
    ...plain(wished(tenant)),
    ...plain(objectStoreOf(tenant)?.env ?? {}),
    fromSecret('PGPASSWORD', 'postgres-api', 'password'),
    fromSecret('QDRANT_API_KEY', 'qdrant-keys', 'api-key'),
  ];
}

/** What the tenant says about reading and comparing; what it leaves out, the API knows better. */
function wished(tenant: LunaTenant): Record<string, string> {
  const { ocrLanguages, timeoutSeconds } = tenant.spec.extraction;
  const { reconcileSeconds } = tenant.spec.vectorStore;
  return {
    ...(ocrLanguages === undefined ? {} : { OCR_LANGUAGES: ocrLanguages.join('+') }),
    ...(timeoutSeconds === undefined ? {} : { EXTRACT_TIMEOUT_SECONDS: String(timeoutSeconds) }),
    ...(reconcileSeconds === undefined ? {} : { RECONCILE_SECONDS: String(reconcileSeconds) }),
  };
}

function spread(tenant: LunaTenant): object {
  return {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorOf(tenant, API) },
  };
}

/** tenant-api may suspend and resume its own simulators, by name, and nothing else. */
function simulatorRights(tenant: LunaTenant): Planned[] {
  if (!tenant.spec.simulation.enabled) return [];
  const metadata = metaOf(tenant, API, 'tenant-api-simulators');
  const role: KubeObject = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: ['batch'], resources: ['cronjobs'], resourceNames: [...SIMULATORS], verbs: ['get', 'patch'] }],
  };
  const binding: KubeObject = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: API, namespace: namespaceOf(tenant) }],
  };
  return [{ object: role }, { object: binding }];
}

function disruptionBudget(tenant: LunaTenant): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metaOf(tenant, API),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(tenant, API) } },
  };
}

function planIngress(tenant: LunaTenant, ingress: NonNullable<LunaTenant['spec']['api']['ingress']>): KubeObject {
  const { host, className, tlsSecretName, annotations } = ingress;
  const metadata = metaOf(tenant, API);
  const backend = { service: { name: API, port: { name: 'http' } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: annotations === undefined ? metadata : { ...metadata, annotations },
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      ...(tlsSecretName === undefined ? {} : { tls: [{ hosts: [host], secretName: tlsSecretName }] }),
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  };
}
