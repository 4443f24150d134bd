import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  builtinKinds,
  createClient,
  createRuntimeMetrics,
  createTransport,
  KubeError,
  hasCode,
  isSubset,
  loadConnectionConfig,
  type Client,
  type ConnectionConfig,
  type Controller,
  type KubeObject,
  type Transport,
  type TransportRequest,
} from '@luna-iems/kube-runtime';
import { createSilentLogger, parseYamlConfig } from '@luna-iems/service-kit';
import { Registry } from 'prom-client';
import { parse, parseAllDocuments } from 'yaml';
import { ensureBinaries } from '../../../hack/cluster/binaries.ts';
import { createOperator, type Operator } from '../operator.ts';
import { operatorKinds } from '../optional-kinds.ts';
import { platformSchema, type Platform } from '../platform.ts';
import { lunaTenantKind, type LunaTenant, type LunaTenantSpec } from '../tenant.ts';
import { specFixture } from './fixtures.ts';
import { workloadStatus } from './workload-status.ts';

export const repository = join(import.meta.dirname, '../../..');

/** What the chart makes of these values, as objects. */
export async function renderChart(values: Record<string, string> = {}): Promise<KubeObject[]> {
  const helm = join(await ensureBinaries(['helm']), 'helm');
  const sets = Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const args = [
    'template',
    'luna-operator',
    join(repository, 'charts/luna-operator'),
    '--namespace',
    'luna-system',
    '--kube-version',
    '1.34.0',
    ...sets,
  ];
  const { stdout } = await promisify(execFile)(helm, args, { maxBuffer: 16 * 1024 * 1024 });
  return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as KubeObject | null) ?? []);
}

/** A LunaTenant for the API server. */
export function tenantObject(name: string, spec: Partial<LunaTenantSpec> = {}): LunaTenant & KubeObject {
  const models = {
    ...specFixture().models,
    embedding: { name: 'all-minilm', dimensions: 384 },
    source: { type: 'image' as const },
  };
  return {
    apiVersion: 'luna-iems.io/v1alpha1',
    kind: 'LunaTenant',
    metadata: { name },
    spec: { ...specFixture({ models }), ...spec },
  };
}

/** Every document of a YAML file in the repository. */
export async function manifest(path: string): Promise<KubeObject> {
  return parse(await readFile(join(repository, path), 'utf8')) as KubeObject;
}

export interface TestCluster {
  /** May do everything. */
  readonly client: Client;
  readonly transport: Transport;
  readonly platform: Platform;
  /** Writes of the operator since it started, in order, as `METHOD path`. */
  writes(): readonly string[];
  /** Calls of the operator that its rights did not cover. */
  refused(): readonly string[];
  /** Takes the place of kubelet and controllers: reports all workloads of a tenant as running, until nothing changes. */
  settle(tenant: string): Promise<void>;
  tenant(name: string): Promise<LunaTenant | undefined>;
  condition(name: string, type: string): Promise<{ status: string; reason: string; message: string } | undefined>;
  /** Resolves when the operator has nothing to do. */
  idle(): Promise<void>;
  /** Kills the operator and starts another, perhaps with other settings; it dies at its n-th write when `dieAtWrite` is given. */
  restart(options?: { dieAtWrite?: number; platform?: Platform }): Promise<void>;
  stop(): Promise<void>;
}

/** The CRD, the chart's RBAC and the operator, running under exactly those rights, on the tier's API server. */
export async function startCluster(kubeconfig: string): Promise<TestCluster> {
  const config = await loadConnectionConfig({ kubeconfig });
  const transport = createTransport({ config, qps: 1000, burst: 1000 });
  const client = createClient({ transport, kinds: operatorKinds });
  const objects = await installChart(client);
  const settings = objects.find(({ kind }) => kind === 'ConfigMap')?.['data'] as Record<string, string>;
  const platform = parseYamlConfig(platformSchema, settings['config.yaml'] ?? '');
  const rights = await asOperator(config, transport);
  let running = await startOperator(rights, platform);
  const idle = async (): Promise<void> => running.idle();

  const tenant = async (name: string): Promise<LunaTenant | undefined> =>
    client.get<LunaTenant>(lunaTenantKind, { name });
  return {
    client,
    transport,
    platform,
    writes: () => running.writes,
    refused: () => running.refused,
    tenant,
    condition: async (name, type) => (await tenant(name))?.status?.conditions?.find((one) => one.type === type),
    settle: async (name) => settle(client, name, idle),
    idle,
    restart: async ({ dieAtWrite, platform: other = platform } = {}) => {
      await running.stop();
      running = await startOperator(rights, other, dieAtWrite);
    },
    stop: async () => {
      await running.stop();
      await transport.close();
    },
  };
}

/** Applies all of the chart but the operator's Deployment, and waits until the CRD is served; gives what the chart holds. */
export async function installChart(client: Client): Promise<KubeObject[]> {
  const objects = await renderChart({ 'images.models': 'luna/models:1' });
  await client.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'luna-system' } },
    { fieldManager: 'test' },
  );
  for (const object of objects.filter(({ kind }) => kind !== 'Deployment'))
    await client.apply(object, { fieldManager: 'test' });
  await established(client);
  return objects;
}

async function established(client: Client): Promise<void> {
  await eventually('the CRD is served', async () => {
    const crd = await client.get(builtinKinds.CustomResourceDefinition, { name: 'lunatenants.luna-iems.io' });
    const { conditions = [] } = (crd?.['status'] ?? {}) as { conditions?: { type: string; status: string }[] };
    return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
  });
}

/** The same server, as the operator's ServiceAccount. */
async function asOperator(config: ConnectionConfig, admin: Transport): Promise<ConnectionConfig> {
  const answer = await admin.request<{ status: { token: string } }>({
    method: 'POST',
    path: '/api/v1/namespaces/luna-system/serviceaccounts/luna-operator/token',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7200 } },
  });
  const { cert: _cert, key: _key, tokenFile: _file, ...rest } = config;
  return { ...rest, token: answer.status.token };
}

interface Running {
  operator: Operator;
  writes: string[];
  refused: string[];
  idle: () => Promise<void>;
  stop: () => Promise<void>;
}

async function startOperator(config: ConnectionConfig, platform: Platform, dieAtWrite = Infinity): Promise<Running> {
  const writes: string[] = [];
  const refused: string[] = [];
  const transport = record(createTransport({ config, qps: 1000, burst: 1000 }), { writes, refused, dieAtWrite });
  const registry = new Registry();
  const operator = createOperator({
    client: createClient({ transport, kinds: operatorKinds }),
    platform,
    identity: 'test',
    random: randomBytes,
    now: () => Date.now(),
    logger: createSilentLogger(),
    metrics: createRuntimeMetrics(registry),
    registry,
  });
  const abort = new AbortController();
  const controller: Controller = operator.controller();
  const ends = [operator.observer.run(abort.signal), controller.run(abort.signal)];
  await Promise.all(operator.observer.sources.map((source) => source.synced));
  return {
    operator,
    writes,
    refused,
    idle: async () => quiet(writes, controller),
    stop: async () => {
      abort.abort();
      await Promise.all(ends);
      await transport.close();
    },
  };
}

/** Quiet means that events had the time to arrive, and that nothing was written or left to do when they had. */
async function quiet(writes: string[], controller: Controller): Promise<void> {
  for (let calm = 0, seen = writes.length; calm < 3; calm += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await controller.idle();
    if (writes.length !== seen) calm = -1;
    seen = writes.length;
  }
}

interface Recording {
  writes: string[];
  refused: string[];
  dieAtWrite: number;
}

/** Notes writes and refusals. From the n-th write on nothing leaves any more, as after a crash. */
function record(transport: Transport, { writes, refused, dieAtWrite }: Recording): Transport {
  const note = (request: TransportRequest, error: unknown): never => {
    if (hasCode(error, 'KUBE_FORBIDDEN') && error.message.includes('cannot'))
      refused.push(`${request.method} ${request.path}: ${error.message}`);
    throw error;
  };
  return {
    request: async <T>(request: TransportRequest): Promise<T> => {
      if (request.method !== 'GET') {
        if (writes.length + 1 >= dieAtWrite) throw new KubeError('the operator is dead', { code: 'KUBE_ABORTED' });
        writes.push(`${request.method} ${request.path}`);
      }
      return transport.request<T>(request).catch((error: unknown) => note(request, error));
    },
    stream: (request) => transport.stream(request).catch((error: unknown) => note(request, error)),
    close: () => transport.close(),
  };
}

async function settle(client: Client, tenant: string, idle: () => Promise<void>): Promise<void> {
  for (let round = 0; round < 12; round += 1) {
    await idle();
    if (!(await reportRunning(client, tenant))) return;
  }
  throw new Error(`tenant ${tenant} does not settle`);
}

/** Reports each workload as running; false when all were. */
async function reportRunning(client: Client, tenant: string): Promise<boolean> {
  let changed = false;
  for (const kind of [builtinKinds.StatefulSet, builtinKinds.Deployment, builtinKinds.Job]) {
    const { items } = await client.list(kind, { labelSelector: `luna-iems.io/tenant=${tenant}` });
    for (const object of items) {
      const status = workloadStatus(object);
      if (isSubset(status, object['status'])) continue;
      const { name, namespace } = object.metadata;
      await client.patchStatus(kind, { name, namespace }, { type: 'merge', body: { status } });
      changed = true;
    }
  }
  return changed;
}

/** Waits until `ask` holds; throws after a minute with what was waited for. */
export async function eventually(what: string, ask: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`${what}: not within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
