import {
  createClient,
  createTransport,
  loadConnectionConfig,
  type Client,
  type ConnectionConfig,
  type KubeObject,
  type Transport,
} from '@luna-iems/kube-runtime';
import { parseYamlConfig } from '@luna-iems/service-kit';
import { startApiServer, type ApiServer } from '../../hack/apiserver/index.ts';
import { OPTIONAL_KINDS, operatorKinds, type OptionalKindName } from '../src/optional-kinds.ts';
import { platformSchema, type Platform } from '../src/platform.ts';
import { lunaTenantKind, type LunaTenant, type LunaTenantSpec } from '../src/tenant.ts';
import { eventually, renderChart, tenantObject } from '../src/testing/cluster.ts';
import { optionalCrd } from '../src/testing/optional-crd.ts';
import { auditRules, openAudit, type Audit } from './audit.ts';
import { startHands, type Hands } from './hands.ts';
import { rightsKnown } from './rights.ts';
import { runOperator, type Running, type RunOptions } from './running.ts';
import { wipe } from './wipe.ts';

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
  /** Ends operators that a failed test has left running: nobody else may work on what comes next. */
  killAll(): Promise<void>;
  /** Removes all tenants and all that is theirs, at once, and operators that still run. */
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

/** Not a speed that is asserted: only the end of patience after so long without a sign of progress. */
const PATIENCE_MS = 60_000;

export async function startLab(): Promise<Lab> {
  const server = await startApiServer({ auditRules });
  const config = await loadConnectionConfig({ kubeconfig: server.adminKubeconfig });
  const transport = createTransport({ config, qps: 2000, burst: 2000 });
  const client = createClient({ transport, kinds: operatorKinds });
  const chart = await renderChart({ 'images.models': 'luna/models:1' });
  await client.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'luna-system' } },
    { fieldManager: 'test' },
  );
  const connect = (account = 'luna-operator', bound?: object): Promise<ConnectionConfig> =>
    asServiceAccount({ config, transport }, account, bound);
  let own: ConnectionConfig = config;
  const installChart = async (): Promise<void> => {
    for (const object of chart.filter(({ kind }) => kind !== 'Deployment'))
      await client.apply(object, { fieldManager: 'test' });
    await served(client);
    await rightsKnown(transport, chart, 'luna-operator');
    // A ServiceAccount that was made anew does not answer to its former token.
    own = await connect();
  };
  for (const kind of Object.keys(OPTIONAL_KINDS) as OptionalKindName[])
    await client.apply(optionalCrd(kind), { fieldManager: 'test' });
  await installChart();
  for (const object of furniture()) await client.apply(object, { fieldManager: 'test' });
  const settings = chart.find(({ kind }) => kind === 'ConfigMap')?.['data'] as Record<string, string>;
  const given = parseYamlConfig(platformSchema, settings['config.yaml'] ?? '');
  const platform: Platform = { ...given, controller: { ...given.controller, concurrency: 12 } };
  const hands = await startHands(client, transport);
  const offences: string[] = [];
  const operators: Running[] = [];
  const killAll = async (): Promise<void> => void (await Promise.all(operators.splice(0).map((one) => one.kill())));
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
    async run(options = {}) {
      const running = await runOperator({ connection: own, platform, offences, client, hands }, options);
      operators.push(running);
      return running;
    },
    killAll,
    apply: async (name, spec) => void (await client.apply(tenantObject(name, spec), { fieldManager: 'kubectl' })),
    async converge(running, names, done = isReady) {
      let last = { signs: '', at: performance.now() };
      for (;;) {
        await Promise.all([running.controller.idle(), hands.idle()]);
        const known = await tenants();
        const late = names.filter((name) => !done(known.get(name)));
        if (late.length === 0) return running.idle();
        const versions = late.map((name) => known.get(name)?.metadata.resourceVersion ?? '');
        const signs = [running.calls.writes.length, ...versions].join();
        if (signs !== last.signs) last = { signs, at: performance.now() };
        if (performance.now() - last.at > PATIENCE_MS) throw new Error(complaint(late, known));
        await pause(100);
      }
    },
    async wipe() {
      await killAll();
      await hands.idle();
      await wipe(server.etcdUrl);
    },
    async stop() {
      await killAll();
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

/** All kinds that the operator works with are served. */
async function served(client: Client): Promise<void> {
  for (const kind of operatorKinds) {
    await eventually(`${kind.kind} is served`, () =>
      client.list(kind).then(
        () => true,
        () => false,
      ),
    );
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
