import { randomBytes } from 'node:crypto';
import {
  createClient,
  createFaultTransport,
  createRuntimeMetrics,
  createTamperTransport,
  createTransport,
  hasCode,
  loadConnectionConfig,
  type Client,
  type ConnectionConfig,
  type Controller,
  type Fault,
  type FaultTransport,
  type KubeObject,
  type ReadTamper,
  type SeenCall,
  type TamperTransport,
  type Transport,
} from '@luna-iems/kube-runtime';
import { createSilentLogger, parseYamlConfig } from '@luna-iems/service-kit';
import { Registry } from 'prom-client';
import { startApiServer, type ApiServer } from '../../hack/apiserver/index.ts';
import { createOperator, type Operator } from '../src/operator.ts';
import { platformSchema, type Platform } from '../src/platform.ts';
import { lunaTenantKind, type LunaTenant, type LunaTenantSpec } from '../src/tenant.ts';
import { eventually, renderChart, tenantObject } from '../src/testing/cluster.ts';
import { auditRules, openAudit, type Audit } from './audit.ts';
import { recklessDeletes, tenantOf } from './calls.ts';
import { startHands, type Hands } from './hands.ts';

/** How one operator is run. */
export interface RunOptions {
  /** Asked before each call; see createFaultTransport. Scopes are tenants. */
  faults?: (call: SeenCall) => Fault | undefined;
  tamper?: ReadTamper;
  platform?: Partial<Platform>;
  /** Takes a guard away, or adds something. */
  wrap?: (client: Client) => Client;
  /** Where the API server is, and who we are; default the lab's own. */
  connection?: ConnectionConfig;
  /** Milliseconds of silence after which a call or a watch is given up, instead of the runtime's own. */
  patience?: number;
}

/** An operator that runs in this process under the rights of the chart. */
export interface Running {
  readonly operator: Operator;
  readonly calls: FaultTransport;
  readonly reads: TamperTransport;
  readonly controller: Controller;
  readonly registry: Registry;
  /** Calls that its rights did not cover. */
  readonly refused: readonly string[];
  /** Resolves when nothing was written for three looks, and nothing is ready to run. */
  idle(): Promise<void>;
  /** Ends it as SIGTERM would. */
  stop(): Promise<void>;
  /** Nothing leaves it from this moment on. */
  kill(): Promise<void>;
}

/** A server of its own, with CRD and rights, hands that play kubelet, and operators as many as a scenario needs. */
export interface Lab {
  readonly server: ApiServer;
  readonly audit: Audit;
  readonly client: Client;
  readonly transport: Transport;
  readonly platform: Platform;
  readonly hands: Hands;
  readonly chart: readonly KubeObject[];
  /** Deletions without a UID and refused calls, of all operators so far. */
  readonly offences: readonly string[];
  run(options?: RunOptions): Promise<Running>;
  apply(name: string, spec?: Partial<LunaTenantSpec>): Promise<void>;
  tenants(): Promise<Map<string, LunaTenant>>;
  /** Waits until `done` holds for all these tenants, and operator and hands rest; throws with what is missing. */
  converge(running: Running, names: readonly string[], done?: Done): Promise<void>;
  installChart(): Promise<void>;
  /** The server as a service account of the operator's, with a token of its own. */
  connect(account?: string, bound?: object): Promise<ConnectionConfig>;
  /** Removes all tenants and all that is theirs, at once. No operator may run. */
  wipe(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether a tenant (undefined: gone) has arrived. */
export type Done = (tenant: LunaTenant | undefined) => boolean;

/** Ready, with a status that speaks of the current spec. */
export const isReady: Done = (tenant) =>
  tenant?.status?.phase === 'Ready' && tenant.status.observedGeneration === tenant.metadata.generation;
export const isGone: Done = (tenant) => tenant === undefined;
export const hasPhase =
  (phase: string): Done =>
  (tenant) =>
    tenant?.status?.phase === phase && tenant.status.observedGeneration === tenant.metadata.generation;

/** Not a speed that is asserted: only the end of patience with something that will never arrive. */
const PATIENCE_MS = 45_000;

export async function startLab(): Promise<Lab> {
  const server = await startApiServer({ auditRules });
  const config = await loadConnectionConfig({ kubeconfig: server.adminKubeconfig });
  const transport = createTransport({ config, qps: 2000, burst: 2000 });
  const client = createClient({ transport, kinds: [lunaTenantKind] });
  const chart = await renderChart({ 'images.models': 'luna/models:1' });
  await client.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'luna-system' } },
    { fieldManager: 'test' },
  );
  const installChart = async (): Promise<void> => {
    for (const object of chart.filter(({ kind }) => kind !== 'Deployment'))
      await client.apply(object, { fieldManager: 'test' });
    await eventually('the CRD is served', () =>
      client.list(lunaTenantKind).then(
        () => true,
        () => false,
      ),
    );
  };
  await installChart();
  for (const object of furniture()) await client.apply(object, { fieldManager: 'test' });
  const settings = chart.find(({ kind }) => kind === 'ConfigMap')?.['data'] as Record<string, string>;
  const given = parseYamlConfig(platformSchema, settings['config.yaml'] ?? '');
  const platform: Platform = { ...given, controller: { ...given.controller, concurrency: 12 } };
  const hands = await startHands(client, transport);
  const offences: string[] = [];
  const connect = (account = 'luna-operator', bound?: object): Promise<ConnectionConfig> =>
    asServiceAccount({ config, transport }, account, bound);
  const own = await connect();
  const tenants = async (): Promise<Map<string, LunaTenant>> =>
    new Map((await client.list<LunaTenant>(lunaTenantKind)).items.map((tenant) => [tenant.metadata.name, tenant]));

  return {
    server,
    audit: openAudit(server.auditLog ?? ''),
    client,
    transport,
    platform,
    hands,
    chart,
    offences,
    installChart,
    connect,
    tenants,
    run: (options = {}) => runOperator({ connection: own, platform, offences }, options),
    apply: async (name, spec) => void (await client.apply(tenantObject(name, spec), { fieldManager: 'kubectl' })),
    async converge(running, names, done = isReady) {
      const end = performance.now() + PATIENCE_MS;
      for (;;) {
        await Promise.all([running.controller.idle(), hands.idle()]);
        const known = await tenants();
        const late = names.filter((name) => !done(known.get(name)));
        if (late.length === 0) return settle(running, hands);
        if (performance.now() > end) throw new Error(complaint(late, known));
        await pause(100);
      }
    },
    async wipe() {
      await hands.idle();
      await wipe(server.etcdUrl);
    },
    async stop() {
      await hands.stop();
      await transport.close();
      await server.stop();
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function complaint(late: readonly string[], known: ReadonlyMap<string, LunaTenant>): string {
  const told = late.slice(0, 3).map((name) => `${name} ${stateInWords(known.get(name))}`);
  return `${String(late.length)} tenants do not arrive: ${told.join(' | ')}`;
}

function stateInWords(tenant: LunaTenant | undefined): string {
  if (tenant === undefined) return 'is gone';
  const { observedGeneration, phase = 'without status', conditions = [] } = tenant.status ?? {};
  const odd = conditions.filter(({ status, type }) => (status === 'False') !== (type === 'Degraded')).slice(0, 4);
  const why = odd.map(({ type, message }) => `${type}: ${message}`).join('; ');
  return `(generation ${String(observedGeneration)} of ${String(tenant.metadata.generation)}) is ${phase} (${why})`;
}

async function settle(running: Running, hands: Hands): Promise<void> {
  for (let before = -1; before !== running.calls.writes.length;) {
    before = running.calls.writes.length;
    await hands.idle();
    await running.idle();
  }
}

/** What every cluster has: a class of volumes that can grow, and the API server's address. */
function furniture(): KubeObject[] {
  const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'growing', annotations: isDefault },
      provisioner: 'example.io/test',
      allowVolumeExpansion: true,
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['192.0.2.10'] }],
      ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
    },
  ];
}

async function asServiceAccount(
  { config, transport }: { config: ConnectionConfig; transport: Transport },
  account: string,
  bound?: object,
): Promise<ConnectionConfig> {
  const answer = await transport.request<{ status: { token: string } }>({
    method: 'POST',
    path: `/api/v1/namespaces/luna-system/serviceaccounts/${account}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 7200, ...(bound === undefined ? {} : { boundObjectRef: bound }) },
    },
  });
  const { server, ca } = config;
  return { server, ca, token: answer.status.token };
}

interface Ground {
  connection: ConnectionConfig;
  platform: Platform;
  offences: string[];
}

async function runOperator({ connection, platform, offences }: Ground, options: RunOptions): Promise<Running> {
  const refused: string[] = [];
  const wire = impatient(
    createTransport({ config: options.connection ?? connection, qps: 2000, burst: 2000 }),
    options.patience,
  );
  const reads = createTamperTransport(noteRefusals(wire, refused), options.tamper ?? {});
  const calls = createFaultTransport(reads, options.faults, { scopeOf: tenantOf });
  const client = createClient({ transport: calls, kinds: [lunaTenantKind] });
  const registry = new Registry();
  const operator = createOperator({
    client: options.wrap === undefined ? client : options.wrap(client),
    platform: { ...platform, ...options.platform },
    identity: 'lab',
    random: randomBytes,
    now: () => performance.timeOrigin + performance.now(),
    logger: createSilentLogger(),
    metrics: createRuntimeMetrics(registry),
    registry,
  });
  const abort = new AbortController();
  const controller = operator.controller();
  const ends = [operator.observer.run(abort.signal), controller.run(abort.signal)];
  await Promise.all(operator.observer.sources.map(({ synced }) => synced));
  const stop = async (): Promise<void> => {
    abort.abort();
    await Promise.all(ends);
    await operator.events.flush();
    await calls.close();
    if (options.wrap === undefined) offences.push(...recklessDeletes(calls.writes));
    offences.push(...refused);
  };
  return {
    operator,
    calls,
    reads,
    controller,
    registry,
    refused,
    idle: () => calm(calls, controller),
    stop,
    kill: () => {
      calls.crash();
      return stop();
    },
  };
}

/** Events have had the time to arrive, and nothing was written or left to do when they had. */
async function calm(calls: FaultTransport, controller: Controller): Promise<void> {
  for (let looks = 0, seen = calls.writes.length; looks < 3; looks += 1) {
    await pause(80);
    await controller.idle();
    if (calls.writes.length !== seen) looks = -1;
    seen = calls.writes.length;
  }
}

function impatient(wire: Transport, ms: number | undefined): Transport {
  if (ms === undefined) return wire;
  return {
    request: <T>(request: Parameters<Transport['request']>[0]) => wire.request<T>({ ...request, timeoutMs: ms }),
    stream: (request) => wire.stream({ ...request, timeoutMs: ms, inactivityMs: ms }),
    close: () => wire.close(),
  };
}

function noteRefusals(wire: Transport, refused: string[]): Transport {
  const note = (error: unknown): never => {
    if (hasCode(error, 'KUBE_FORBIDDEN') && error.message.includes('cannot')) refused.push(error.message);
    throw error;
  };
  return {
    request: <T>(request: Parameters<Transport['request']>[0]) => wire.request<T>(request).catch(note),
    stream: (request) => wire.stream(request).catch(note),
    close: () => wire.close(),
  };
}

/** Where the API server keeps what belongs to tenants' namespaces, and tenants. */
const STORED = [
  ...[
    'configmaps',
    'controllerrevisions',
    'cronjobs',
    'deployments',
    'ingress',
    'jobs',
    'limitranges',
    'networkpolicies',
  ],
  ...['persistentvolumeclaims', 'poddisruptionbudgets', 'pods', 'resourcequotas', 'rolebindings', 'roles', 'secrets'],
  ...['serviceaccounts', 'services/specs', 'statefulsets', 'namespaces'],
];

/** Deletes straight from etcd, for which the API server would take minutes; its watchers are told as of any deletion. */
async function wipe(etcdUrl: string): Promise<void> {
  const tenants = 'luna-t-';
  const prefixes = ['/registry/luna-iems.io/lunatenants/', ...STORED.map((kind) => `/registry/${kind}/${tenants}`)];
  for (const prefix of prefixes) {
    const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
    const body = JSON.stringify({
      key: Buffer.from(prefix).toString('base64'),
      range_end: Buffer.from(end).toString('base64'),
    });
    const answer = await fetch(`${etcdUrl}/v3/kv/deleterange`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`etcd refused to delete: ${await answer.text()}`);
  }
}
