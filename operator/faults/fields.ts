import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from '../src/testing/cluster.ts';

/** A field of the spec as the CRD describes it. */
export interface Field {
  readonly path: string;
  readonly schema: Schema;
}

export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
}

/** Every field of a LunaTenant's spec down to its leaves; maps and lists are one field. */
export async function specFields(): Promise<Field[]> {
  const text = await readFile(join(repository, 'crds/luna-iems.io_lunatenants.yaml'), 'utf8');
  const crd = parse(text) as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } };
  const spec = crd.spec.versions[0]?.schema.openAPIV3Schema.properties?.['spec'];
  return spec === undefined ? [] : leaves(spec, '');
}

function leaves(schema: Schema, path: string): Field[] {
  if (schema.properties === undefined) return [{ path, schema }];
  return Object.entries(schema.properties).flatMap(([name, below]) =>
    leaves(below, path === '' ? name : `${path}.${name}`),
  );
}

/** What to set a field to, and in which children it must then be read. */
export interface Expectation {
  /** Another valid value than the default. */
  readonly value: unknown;
  /** What else must be set for it to have an effect. */
  readonly with?: object;
  /** Cannot be changed later: set when the tenant is made. */
  readonly atCreation?: true;
  /** Texts that the JSON of a child must then hold: `Kind name` -> texts. */
  readonly shows?: Readonly<Record<string, readonly string[]>>;
  /** Children that must then be gone. */
  readonly hides?: readonly string[];
  /** The phase in which the tenant rests then; default Ready. */
  readonly phase?: string;
  /** No child shows it, only what the operator does: read in field-acts.ts. */
  readonly acts?: true;
  /** Why nothing can show it. */
  readonly nowhere?: string;
}

const pods = [
  'StatefulSet postgres',
  'StatefulSet qdrant',
  'StatefulSet ollama',
  'Deployment tika',
  'Deployment tenant-api',
];
const everywhere = (text: string, except: readonly string[] = []): Record<string, readonly string[]> =>
  Object.fromEntries(
    [...pods, 'CronJob sim-meter', 'CronJob sim-market']
      .filter((pod) => !except.includes(pod))
      .map((pod) => [pod, [text]]),
  );
const resources = (child: string, base: object = {}): { requests: Expectation; limits: Expectation } => ({
  requests: {
    value: { cpu: '77m', memory: '99Mi' },
    with: base,
    shows: { [child]: ['"requests":{"cpu":"77m","memory":"99Mi"}'] },
  },
  limits: { value: { memory: '3Gi' }, with: base, shows: { [child]: ['"limits":{"memory":"3Gi"}'] } },
});
const volume = (child: string, claim: string, base: object = {}): { size: Expectation; className: Expectation } => ({
  size: {
    value: '23Gi',
    with: base,
    shows: {
      [`StatefulSet ${child}`]: ['"storage":"23Gi"'],
      [`PersistentVolumeClaim ${claim}-${child}-0`]: ['"storage":"23Gi"'],
    },
  },
  className: {
    value: 'growing',
    with: base,
    atCreation: true,
    shows: { [`StatefulSet ${child}`]: ['"storageClassName":"growing"'] },
  },
});
const image = (...children: string[]): Expectation => ({
  value: 'example.com/mutated:7',
  shows: Object.fromEntries(children.map((child) => [child, ['"image":"example.com/mutated:7"']])),
});
/** A field of a bucket outside: what the API's pods must show, and the API's NetworkPolicy. */
const bucket = (value: unknown, inPods: string, inPolicy = '"cidr":"10.0.0.7/32"'): Expectation => ({
  value,
  with: {
    objectStore: {
      enabled: true,
      s3: { endpoint: 'https://s3.example.com', bucket: 'originals', secretName: 'keys', cidrs: ['10.0.0.7/32'] },
    },
  },
  shows: { 'Deployment tenant-api': [inPods], 'NetworkPolicy tenant-api': [inPolicy] },
});
const parts = (prefix: string, table: object): Record<string, Expectation> =>
  Object.fromEntries(
    Object.entries(table as Record<string, Expectation>).map(([name, entry]) => [`${prefix}.${name}`, entry]),
  );
const scheduling = (shown: (text: string) => Record<string, readonly string[]>): Record<string, Expectation> => ({
  nodeSelector: { value: { disk: 'fast' }, shows: shown('"nodeSelector":{"disk":"fast"}') },
  tolerations: {
    value: [{ key: 'tenants', operator: 'Exists' }],
    shows: shown('"tolerations":[{"key":"tenants","operator":"Exists"}]'),
  },
  affinity: {
    value: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 3, podAffinityTerm: { topologyKey: 'zone' } }],
      },
    },
    shows: shown('"topologyKey":"zone"'),
  },
  priorityClassName: { value: 'important', shows: shown('"priorityClassName":"important"') },
});

/** A field that is not here fails the test: whoever adds one says where it is to be seen. */
export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  displayName: {
    value: 'Stadtwerke Umbenannt',
    nowhere: 'for people who look at the LunaTenant; nothing is made from it',
  },
  namespace: { value: 'luna-t-elsewhere', atCreation: true, acts: true },
  ...parts('database.resources', resources('StatefulSet postgres')),
  ...parts('database.storage', volume('postgres', 'data')),
  'database.image': image('StatefulSet postgres'),
  'database.retention.readingsDays': {
    value: 77,
    shows: { 'Job schema-HASH': ['"name":"RETENTION_READINGS_DAYS","value":"77"'] },
  },
  'database.retention.minutesDays': {
    value: 78,
    shows: { 'Job schema-HASH': ['"name":"RETENTION_MINUTES_DAYS","value":"78"'] },
  },
  ...parts('vectorStore.resources', resources('StatefulSet qdrant')),
  ...parts('vectorStore.storage', volume('qdrant', 'storage')),
  'vectorStore.image': image('StatefulSet qdrant'),
  'vectorStore.reconcileSeconds': {
    value: 777,
    shows: { 'Deployment tenant-api': ['"name":"RECONCILE_SECONDS","value":"777"'] },
  },
  ...parts('extraction.resources', resources('Deployment tika')),
  'extraction.image': image('Deployment tika'),
  'extraction.ocrLanguages': {
    value: ['eng', 'fra'],
    shows: { 'Deployment tenant-api': ['"name":"OCR_LANGUAGES","value":"eng+fra"'] },
  },
  'extraction.timeoutSeconds': {
    value: 77,
    shows: { 'Deployment tenant-api': ['"name":"EXTRACT_TIMEOUT_SECONDS","value":"77"'] },
  },
  ...parts(
    'models.scheduling',
    scheduling((text) => ({ 'StatefulSet ollama': [text] })),
  ),
  ...parts('models.resources', resources('StatefulSet ollama')),
  ...parts('models.storage', volume('ollama', 'models')),
  'models.serverImage': image('StatefulSet ollama'),
  'models.embedding.name': {
    value: 'nomic-embed-text',
    shows: {
      'StatefulSet ollama': ['"nomic-embed-text"'],
      'Deployment tenant-api': ['"name":"EMBEDDING_MODEL","value":"nomic-embed-text"'],
    },
  },
  'models.embedding.dimensions': {
    value: 1024,
    shows: { 'Deployment tenant-api': ['"name":"EMBEDDING_DIMENSIONS","value":"1024"'] },
  },
  'models.chat.name': {
    value: 'luna-babble',
    shows: {
      'StatefulSet ollama': ['"luna-babble"'],
      'Deployment tenant-api': ['"name":"CHAT_MODEL","value":"luna-babble"'],
    },
  },
  'models.reader.name': {
    value: 'reads-well',
    shows: {
      'StatefulSet ollama': ['"reads-well"'],
      'Deployment tenant-api': ['"name":"READER_MODEL","value":"reads-well"'],
    },
  },
  'models.source.type': {
    value: 'registry',
    shows: { 'StatefulSet ollama': ['"name":"pull-models"'], 'NetworkPolicy model-pull': ['"cidr":"0.0.0.0/0"'] },
  },
  'models.source.image': image('StatefulSet ollama'),
  'api.image': image('Deployment tenant-api', 'Job schema-HASH'),
  'api.replicas': {
    value: 3,
    shows: { 'Deployment tenant-api': ['"replicas":3'], 'PodDisruptionBudget tenant-api': ['"maxUnavailable":1'] },
  },
  ...parts('api.resources', resources('Deployment tenant-api')),
  'api.ingress.host': {
    value: 'mutated.example.com',
    shows: { 'Ingress tenant-api': ['"host":"mutated.example.com"'] },
  },
  'api.ingress.className': {
    value: 'fancy',
    with: { api: { ingress: { host: 'a.example.com' } } },
    shows: { 'Ingress tenant-api': ['"ingressClassName":"fancy"'] },
  },
  'api.ingress.tlsSecretName': {
    value: 'cert',
    with: { api: { ingress: { host: 'a.example.com' } } },
    shows: { 'Ingress tenant-api': ['"secretName":"cert"'] },
  },
  'api.ingress.annotations': {
    value: { 'example.com/limit': '5' },
    with: { api: { ingress: { host: 'a.example.com' } } },
    shows: { 'Ingress tenant-api': ['"example.com/limit":"5"'] },
  },
  'api.httpRoute.hostnames': {
    value: ['mutated.example.com'],
    with: { api: { httpRoute: { parentRefs: [{ name: 'gateway' }] } } },
    shows: { 'HTTPRoute tenant-api': ['"hostnames":["mutated.example.com"]'] },
  },
  'api.httpRoute.parentRefs': {
    value: [{ name: 'mutated', namespace: 'gateways' }],
    with: { api: { httpRoute: { hostnames: ['a.example.com'] } } },
    shows: { 'HTTPRoute tenant-api': ['"parentRefs":[{"name":"mutated","namespace":"gateways"}]'] },
  },
  'objectStore.enabled': {
    value: true,
    shows: {
      'StatefulSet object-store': ['"name":"MINIO_ROOT_PASSWORD"'],
      'Service object-store': ['"port":9000'],
      'NetworkPolicy object-store': ['"port":9000'],
      'Deployment tenant-api': ['"name":"S3_ENDPOINT","value":"http://object-store:9000"'],
    },
  },
  ...parts('objectStore.storage', volume('object-store', 'data', { objectStore: { enabled: true } })),
  ...parts('objectStore.resources', resources('StatefulSet object-store', { objectStore: { enabled: true } })),
  'objectStore.image': { ...image('StatefulSet object-store'), with: { objectStore: { enabled: true } } },
  ...parts('objectStore.s3', {
    endpoint: bucket('http://mutated.example.com:9123', '"value":"http://mutated.example.com:9123"', '"port":9123'),
    bucket: bucket('mutated', '"name":"S3_BUCKET","value":"mutated"'),
    region: bucket('eu-central-1', '"name":"S3_REGION","value":"eu-central-1"'),
    secretName: bucket('mutated', '"secretName":"mutated"'),
    cidrs: bucket(['192.0.2.0/24'], '"secretName":"keys"', '"cidr":"192.0.2.0/24"'),
  }),
  ...parts('simulation.resources', resources('CronJob sim-meter')),
  'simulation.image': image('CronJob sim-meter', 'CronJob sim-market'),
  'simulation.enabled': {
    value: false,
    hides: ['CronJob sim-meter', 'CronJob sim-market', 'ConfigMap sim-config', 'Role tenant-api-simulators'],
  },
  'simulation.schedule': {
    value: '17 3 * * *',
    shows: { 'CronJob sim-meter': ['"schedule":"17 3 * * *"'], 'CronJob sim-market': ['"schedule":"17 3 * * *"'] },
  },
  'simulation.seeds': {
    value: [{ name: 'past', configMap: { name: 'past-files' } }],
    shows: {
      'CronJob sim-meter': ['"mountPath":"/seeds/past"', '"name":"past-files"'],
      'CronJob sim-market': ['"mountPath":"/seeds/past"', '"name":"past-files"'],
    },
  },
  'simulation.config': { value: { seed: 'mutated' }, shows: { 'ConfigMap sim-config': ['seed: mutated'] } },
  'privacy.allowAggregates': {
    value: true,
    shows: { 'Deployment tenant-api': ['"name":"ALLOW_AGGREGATES","value":"true"'] },
  },
  'network.apiClients': {
    value: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
    shows: { 'NetworkPolicy tenant-api': ['"cidr":"192.0.2.0/24"'] },
  },
  'monitoring.serviceMonitor': {
    value: 'disabled',
    hides: ['ServiceMonitor tenant-api', 'ServiceMonitor qdrant'],
  },
  ...parts(
    'scheduling',
    scheduling((text) => everywhere(text)),
  ),
  imagePullSecrets: { value: ['registry-login'], shows: everywhere('"imagePullSecrets":[{"name":"registry-login"}]') },
  hibernate: {
    value: true,
    phase: 'Hibernated',
    shows: Object.fromEntries(pods.map((pod) => [pod, ['"replicas":0']])),
  },
  paused: { value: true, phase: 'Paused', acts: true },
  deletionPolicy: { value: 'Delete', acts: true },
  deletionProtection: { value: true, acts: true },
};

/** `a.b.c` and a value as nested objects. */
export function nest(path: string, value: unknown): object {
  return path.split('.').reduceRight<unknown>((below, name) => ({ [name]: below }), value) as object;
}

/** Two trees of settings as one; the second wins. */
export function merge(base: object, over: object): object {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isTree(before) && isTree(value) ? merge(before, value) : value;
  }
  return result;
}

const isTree = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
