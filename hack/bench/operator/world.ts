import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  builtinKinds,
  createClient,
  createReflector,
  createTransport,
  isSubset,
  loadConnectionConfig,
  type Client,
  type KubeObject,
} from '@luna-iems/kube-runtime';
import { operatorKinds, lunaTenantKind, workloadStatus } from '@luna-iems/operator';
import { parse } from 'yaml';
import { startApiServer, type ApiServer } from '../../apiserver/index.ts';
import { waitFor } from '../../lib/wait.ts';
import { AUDIT_RULES, createAuditTail, type Audited } from './audit.ts';
import { processStats } from './process-stats.ts';
import { API_SERVER, benchTenant } from './template.ts';

/** A fresh API server with our CRD, where workloads are reported as running as soon as they exist. */
export interface World {
  readonly client: Client;
  readonly kubeconfig: string;
  /** What operators asked the API server for, in order: everything but the bench's own requests. */
  readonly requests: readonly Audited[];
  /** Reads the audit log up to now. */
  observe(): Promise<void>;
  /** Distinct objects created so far in a tenant's namespace, its own included. */
  created(tenant: string): number;
  /** Milliseconds since 1970 of the last creation that {@link created} counts. */
  lastCreation(): number;
  /** Creates tenants, a few at a time. */
  addTenants(names: readonly string[]): Promise<void>;
  /** Gives a tenant another schedule; resolves with the milliseconds until its CronJob carries it, undefined after {@link CHANGE_LIMIT_MS}. */
  changeSchedule(tenant: string, schedule: string): Promise<number | undefined>;
  /** Seconds of CPU that the API server and etcd have used so far. */
  serverCpuSeconds(): number;
  stop(): Promise<void>;
}

const AGENT = 'bench-world';
export const FIRST_SCHEDULE = '*/5 * * * *';
/** Nobody waits longer for a change. */
export const CHANGE_LIMIT_MS = 180_000;

export async function startWorld(): Promise<World> {
  const server = await startApiServer({ auditRules: AUDIT_RULES });
  const config = await loadConnectionConfig({ kubeconfig: server.adminKubeconfig });
  const transport = createTransport({ config, userAgent: AGENT, qps: 1e6, burst: 1e6 });
  const client = createClient({ transport, kinds: operatorKinds });
  await furnish(client);
  const log = readCreations(server);
  const stop = new AbortController();
  const pods = imitateControllers(client, stop.signal);
  const schedules = watchSchedules(client, stop.signal);

  return {
    client,
    kubeconfig: server.adminKubeconfig,
    ...log,
    addTenants: async (names) => {
      for (let i = 0; i < names.length; i += 10)
        await Promise.all(names.slice(i, i + 10).map((name) => client.create(benchTenant(name, FIRST_SCHEDULE))));
    },
    changeSchedule: async (tenant, schedule) => {
      const seen = schedules.next(tenant, schedule);
      const from = performance.now();
      const body = { spec: { simulation: { schedule } } };
      await client.patch(lunaTenantKind, { name: tenant }, { type: 'merge', body });
      const at = await seen;
      return at === undefined ? undefined : at - from;
    },
    serverCpuSeconds: () => server.pids().reduce((sum, pid) => sum + processStats(pid).cpuSeconds, 0),
    stop: async () => {
      stop.abort();
      await Promise.all([pods, schedules.ended]);
      await transport.close();
      await server.stop();
    },
  };
}

async function furnish(client: Client): Promise<void> {
  const crd = join(import.meta.dirname, '../../../crds/luna-iems.io_lunatenants.yaml');
  await client.create(parse(await readFile(crd, 'utf8')) as KubeObject);
  await client.create({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [API_SERVER.address] }],
    ports: [{ name: 'https', port: API_SERVER.port, protocol: 'TCP' }],
  });
  const served = (): Promise<boolean> =>
    client.list(lunaTenantKind).then(
      () => true,
      () => false,
    );
  await waitFor('a served CRD', served, 30_000);
}

type Creations = Pick<World, 'requests' | 'observe' | 'created' | 'lastCreation'>;

function readCreations(server: ApiServer): Creations {
  const requests: Audited[] = [];
  const created = new Map<string, Set<string>>();
  let last = 0;
  const take = (event: Audited): void => {
    if (event.userAgent === AGENT) return;
    requests.push(event);
    const space = event.resource === 'namespaces' ? event.name : event.namespace;
    if (event.code !== 201 || event.subresource !== undefined || !space?.startsWith('luna-')) return;
    const tenant = space.slice('luna-'.length);
    const mine = created.get(tenant) ?? new Set<string>();
    created.set(tenant, mine.add(`${event.resource}/${event.name ?? ''}`));
    last = Math.max(last, event.at);
  };
  const tail = createAuditTail(server.auditLog ?? '', take);
  return {
    requests,
    observe: () => tail.read(),
    created: (tenant) => created.get(tenant)?.size ?? 0,
    lastCreation: () => last,
  };
}

/** In the place of kubelets and controllers: every workload is reported as running, every Job as done, for all contenders alike. */
async function imitateControllers(client: Client, signal: AbortSignal): Promise<void> {
  const { StatefulSet, Deployment, Job } = builtinKinds;
  const watches = [StatefulSet, Deployment, Job].map((kind) => {
    const reflector = createReflector<KubeObject>({ client, kind });
    reflector.subscribe((change) => {
      if (change.type === 'deleted') return;
      const { object } = change;
      const status = workloadStatus(object);
      if (isSubset(status, object['status'])) return;
      const { name, namespace } = object.metadata;
      // A conflict or an object that is gone is answered by the next event.
      client.patchStatus(kind, { name, namespace }, { type: 'merge', body: { status } }).catch(() => undefined);
    });
    return reflector.run(signal);
  });
  await Promise.all(watches);
}

interface Schedules {
  /** Milliseconds (monotonic) at which the tenant's CronJob is seen with this schedule; undefined when that takes too long. */
  next(tenant: string, schedule: string): Promise<number | undefined>;
  readonly ended: Promise<void>;
}

function watchSchedules(client: Client, signal: AbortSignal): Schedules {
  const waiting = new Map<string, () => void>();
  const reflector = createReflector<KubeObject>({ client, kind: builtinKinds.CronJob });
  reflector.subscribe((change) => {
    const { metadata, spec } = change.object;
    if (metadata.name !== 'sim-meter') return;
    const key = `${metadata.namespace}: ${(spec as { schedule: string }).schedule}`;
    waiting.get(key)?.();
    waiting.delete(key);
  });
  return {
    ended: reflector.run(signal),
    next: (tenant, schedule) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(undefined), CHANGE_LIMIT_MS);
        waiting.set(`luna-${tenant}: ${schedule}`, () => {
          clearTimeout(timer);
          resolve(performance.now());
        });
      }),
  };
}
