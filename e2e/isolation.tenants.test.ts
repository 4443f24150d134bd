import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBinaries } from '../hack/cluster/binaries.ts';
import { allowed, type Flow, type Peer } from './support/flows.ts';
import { get, list, type Live } from './support/kubectl.ts';
import { applyTenant, ready, removeTenant, tinyTenant } from './support/tenants.ts';

/** Where a connection may go within one tenant: every line is a flow that is needed, and there is no other. */
const withinTenant: readonly (readonly [from: string, to: string, port: number])[] = [
  ['tenant-api', 'postgres', 5432],
  ['tenant-api', 'qdrant', 6333],
  ['tenant-api', 'tika', 9998],
  ['tenant-api', 'ollama', 11434],
  ['schema', 'postgres', 5432],
  ['sim-meter', 'postgres', 5432],
  ['sim-market', 'postgres', 5432],
];

/** What reaches a tenant from outside it, and where a tenant gets to outside. */
const acrossTheBorder: readonly (readonly [from: string, to: string, port: number])[] = [
  ['monitoring', 'tenant-api', 8080],
  ['monitoring', 'qdrant', 6333],
  ['tenant-api', 'api-server', 0],
];

const components = ['postgres', 'qdrant', 'tika', 'ollama', 'tenant-api', 'schema', 'sim-meter', 'sim-market'] as const;
/** Components that need names resolved. Tika and the stores call nobody, so they need no DNS. */
const resolvers = ['tenant-api', 'schema', 'sim-meter', 'sim-market'];
const ports = [53, 80, 443, 5432, 6333, 6334, 8080, 9998, 11434];
const tenants = ['demo', 'second'] as const;

const labelsOf = (namespace: string): Record<string, string> => get('namespace', namespace)?.metadata.labels ?? {};

function tenantPeers(tenant: string): Peer[] {
  const namespace = `luna-${tenant}`;
  return components.map((component, index) => ({
    name: `${tenant}/${component}`,
    ip: `10.99.${String(tenants.indexOf(tenant as 'demo') + 1)}.${String(index + 1)}`,
    pod: {
      namespace,
      namespaceLabels: labelsOf(namespace),
      labels: {
        'app.kubernetes.io/name': component,
        'app.kubernetes.io/instance': tenant,
        'app.kubernetes.io/part-of': 'luna-iems',
        'app.kubernetes.io/managed-by': 'luna-operator',
        'luna-iems.io/tenant': tenant,
      },
    },
  }));
}

function apiServer(): { ip: string; port: number } {
  const slices = list<Live>('endpointslice', 'default', 'kubernetes.io/service-name=kubernetes') as unknown as {
    endpoints: { addresses: string[] }[];
    ports: { port: number }[];
  }[];
  const ip = slices[0]?.endpoints[0]?.addresses[0];
  const port = slices[0]?.ports[0]?.port;
  if (ip === undefined || port === undefined) throw new Error('the kubernetes Service has no endpoint');
  return { ip, port };
}

describe('two tenants beside each other', () => {
  let cyclonus = '';
  beforeAll(async () => {
    cyclonus = `${await ensureBinaries(['cyclonus'])}/cyclonus`;
    applyTenant(tinyTenant('second'));
    await ready('second');
  });
  afterAll(() => removeTenant('second'));

  it('share no object, no Secret value and no volume', () => {
    const secretsOf = (tenant: string): string[] =>
      list<Live & { data?: Record<string, string> }>('secret', `luna-${tenant}`).flatMap((secret) =>
        Object.entries(secret.data ?? {})
          .filter(([key]) => key !== 'username')
          .map(([, value]) => value),
      );
    const first = secretsOf('demo');
    expect(first.length).toBeGreaterThan(5);
    expect(first.filter((value) => secretsOf('second').includes(value))).toEqual([]);
    const volumesOf = (tenant: string): unknown[] =>
      list<Live & { spec: { volumeName: string } }>('pvc', `luna-${tenant}`).map((claim) => claim.spec.volumeName);
    expect(volumesOf('demo')).toHaveLength(3);
    expect(volumesOf('demo').filter((name) => volumesOf('second').includes(name))).toEqual([]);
  });

  it('have exactly the flows of the table within a tenant, and none between tenants', () => {
    const server = apiServer();
    const outside: Peer[] = [
      { name: 'api-server', ip: server.ip },
      { name: 'internet', ip: '93.184.216.34' },
      { name: 'metadata', ip: '169.254.169.254' },
      stranger('monitoring', 'monitoring', { app: 'prometheus' }),
      stranger('stranger', 'default', { app: 'anything' }),
      stranger('dns', 'kube-system', { 'k8s-app': 'kube-dns' }),
    ];
    const peers = [...tenants.flatMap(tenantPeers), ...outside];
    const flows: Flow[] = peers
      .flatMap((from) => peers.filter((to) => to !== from).map((to) => ({ from, to })))
      .filter(({ from, to }) => from.name.includes('/') || to.name.includes('/'))
      .flatMap(({ from, to }) => [
        ...[...new Set([...ports, server.port])].map((port) => ({ from, to, port, protocol: 'TCP' as const })),
        { from, to, port: 53, protocol: 'UDP' as const },
      ]);
    const policies = tenants.flatMap((tenant) => list('networkpolicy', `luna-${tenant}`));
    const verdicts = allowed(cyclonus, policies, flows);
    const show = (flow: Flow): string => `${flow.from.name} -> ${flow.to.name}:${String(flow.port)}/${flow.protocol}`;
    const open = flows
      .filter((_, index) => verdicts[index])
      .map(show)
      .sort();
    expect(open).toEqual(
      flows
        .filter((flow) => expected(flow, server.port))
        .map(show)
        .sort(),
    );
  });
});

function stranger(name: string, namespace: string, labels: Record<string, string>): Peer {
  const namespaceLabels = { 'kubernetes.io/metadata.name': namespace };
  const ip = `10.98.0.${String(name.length)}`;
  return { name, ip, pod: { namespace, namespaceLabels, labels } };
}

/** `demo/postgres` is a part of a tenant; a peer without a slash stands outside all tenants. */
function placeOf(peer: Peer): { tenant?: string; part: string } {
  const [tenant, part] = peer.name.split('/');
  return part === undefined ? { part: peer.name } : { tenant: tenant ?? '', part };
}

function expected(flow: Flow, apiServerPort: number): boolean {
  const [from, to] = [placeOf(flow.from), placeOf(flow.to)];
  if (to.part === 'dns') return flow.port === 53 && resolvers.includes(from.part);
  const inside = from.tenant !== undefined && to.tenant !== undefined;
  if (flow.protocol !== 'TCP' || (inside && from.tenant !== to.tenant)) return false;
  return (inside ? withinTenant : acrossTheBorder).some(
    ([source, target, port]) => source === from.part && target === to.part && (port || apiServerPort) === flow.port,
  );
}
