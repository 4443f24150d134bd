import { isIPv4 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { platformFixture, specFixture, tenantFixture } from '../testing/fixtures.ts';
import type { LunaTenant } from '../tenant.ts';
import { planNetwork } from './network.ts';

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values: string[] }[];
}
interface PolicyPeer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}
interface Policy {
  metadata: { namespace: string };
  spec: {
    podSelector: Selector;
    policyTypes: string[];
    ingress?: { from?: PolicyPeer[]; ports?: { protocol: string; port: number }[] }[];
    egress?: { to?: PolicyPeer[]; ports?: { protocol: string; port: number }[] }[];
  };
}
/** A place that talks or is talked to: a pod in a namespace, or an address outside. */
interface Place {
  namespace?: string;
  labels?: Record<string, string>;
  ip?: string;
}

const selects = (selector: Selector, labels: Record<string, string>): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector.matchExpressions ?? []).every(({ key, values }) => values.includes(labels[key] ?? ''));

const number = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const inside = (ip: string, cidr: string): boolean => {
  const [base = '', bits = ''] = cidr.split('/');
  return (
    isIPv4(base) &&
    Math.floor(number(ip) / 2 ** (32 - Number(bits))) === Math.floor(number(base) / 2 ** (32 - Number(bits)))
  );
};

function matches(peer: PolicyPeer, place: Place, home: string): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    return place.ip !== undefined && inside(place.ip, cidr) && !except.some((hole) => inside(place.ip ?? '', hole));
  }
  if (place.namespace === undefined) return false;
  const namespaceFits =
    peer.namespaceSelector === undefined
      ? place.namespace === home
      : selects(peer.namespaceSelector, { 'kubernetes.io/metadata.name': place.namespace });
  return namespaceFits && selects(peer.podSelector ?? {}, place.labels ?? {});
}

/** NetworkPolicy as its documentation says it: a selected pod may only do what some policy lists; a rule without peers lets everybody. */
function allows(policies: Policy[], flow: { from: Place; to: Place; port: number; protocol: string }): boolean {
  const side = (type: 'Ingress' | 'Egress', self: Place, other: Place): boolean => {
    const applying = policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === self.namespace &&
        spec.policyTypes.includes(type) &&
        selects(spec.podSelector, self.labels ?? {}),
    );
    if (applying.length === 0) return true;
    return applying.some(({ metadata, spec }) => {
      const rules =
        type === 'Ingress'
          ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
          : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
      return rules.some(
        ({ peers, ports }) =>
          (peers === undefined || peers.some((peer) => matches(peer, other, metadata.namespace))) &&
          (ports === undefined || ports.some(({ port, protocol }) => port === flow.port && protocol === flow.protocol)),
      );
    });
  };
  return side('Egress', flow.from, flow.to) && side('Ingress', flow.to, flow.from);
}

const API_SERVER = { address: '10.0.0.1', port: 6443 };
const policiesOf = (tenant: LunaTenant, pulling = false): Policy[] =>
  planNetwork(tenant, platformFixture(), { apiServer: [API_SERVER], pulling }).map(
    ({ object }) => object as unknown as Policy,
  );

const pod = (name: string, tenant = 'demo'): Place => ({
  namespace: `luna-${tenant}`,
  labels: { 'app.kubernetes.io/name': name, 'luna-iems.io/tenant': tenant },
});
const PLACES: Record<string, Place> = {
  ...Object.fromEntries(
    ['postgres', 'qdrant', 'tika', 'ollama', 'object-store', 'tenant-api', 'schema', 'sim-meter', 'sim-market'].map(
      (name) => [name, pod(name)],
    ),
  ),
  'other/tenant-api': pod('tenant-api', 'other'),
  'other/postgres': pod('postgres', 'other'),
  dns: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  'kube-system pod': { namespace: 'kube-system', labels: {} },
  prometheus: { namespace: 'monitoring', labels: { app: 'prometheus' } },
  stranger: { namespace: 'default', labels: {} },
  'ingress controller': { namespace: 'ingress-nginx', labels: {} },
  'API server': { ip: API_SERVER.address },
  'API server neighbour': { ip: '10.0.0.2' },
  internet: { ip: '93.184.216.34' },
  'cloud metadata': { ip: '169.254.169.254' },
};
const PORTS: [number, string][] = [5432, 6333, 9000, 9998, 11434, 8080, 443, 6443, 53]
  .map((port) => [port, 'TCP'] as [number, string])
  .concat([[53, 'UDP']]);

/** Every open flow that has a part of the tenant demo at one end. */
function openFlows(policies: Policy[]): string[] {
  const ours = (place: Place): boolean => place.namespace === 'luna-demo';
  return Object.entries(PLACES)
    .flatMap(([from, source]) => Object.entries(PLACES).map(([to, target]) => ({ from, to, source, target })))
    .filter(({ from, to, source, target }) => from !== to && (ours(source) || ours(target)))
    .flatMap(({ from, to, source, target }) =>
      PORTS.filter(([port, protocol]) => allows(policies, { from: source, to: target, port, protocol })).map(
        ([port, protocol]) => `${from} > ${to} ${port}/${protocol}`,
      ),
    )
    .sort();
}

const TABLE = [
  ...['tenant-api', 'schema', 'sim-meter', 'sim-market'].flatMap((from) => [
    `${from} > postgres 5432/TCP`,
    `${from} > dns 53/TCP`,
    `${from} > dns 53/UDP`,
  ]),
  'tenant-api > qdrant 6333/TCP',
  'tenant-api > tika 9998/TCP',
  'tenant-api > ollama 11434/TCP',
  'tenant-api > API server 6443/TCP',
  'prometheus > tenant-api 8080/TCP',
  'prometheus > qdrant 6333/TCP',
];

describe('the NetworkPolicies of a tenant', () => {
  const both = [...policiesOf(tenantFixture()), ...policiesOf(tenantFixture({}, { name: 'other' }))];

  it('open exactly the flows of the table, and none between tenants', () => {
    expect(openFlows(both)).toEqual([...TABLE].sort());
  });

  it('open the way to the internet for Ollama while models are pulled, but not to private or metadata addresses', () => {
    const pulling = [...policiesOf(tenantFixture(), true), ...policiesOf(tenantFixture({}, { name: 'other' }))];
    const extra = openFlows(pulling).filter((flow) => !TABLE.includes(flow));
    expect(extra).toEqual(['ollama > dns 53/TCP', 'ollama > dns 53/UDP', 'ollama > internet 443/TCP']);
  });

  it('let configured clients and, with an Ingress, the Ingress controller reach the API', () => {
    const spec = specFixture();
    const tenant = tenantFixture({
      network: { apiClients: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } }] },
      api: { ...spec.api, ingress: { host: 'demo.example.com' } },
    });
    const extra = openFlows([...policiesOf(tenant), ...policiesOf(tenantFixture({}, { name: 'other' }))]).filter(
      (flow) => !TABLE.includes(flow),
    );
    expect(extra).toEqual(['ingress controller > tenant-api 8080/TCP', 'stranger > tenant-api 8080/TCP']);
  });

  it('let the API, and nobody else, reach an object store, in the tenant or at the addresses named', () => {
    const other = policiesOf(tenantFixture({}, { name: 'other' }));
    const extra = (objectStore: NonNullable<LunaTenant['spec']['objectStore']>): string[] =>
      openFlows([...policiesOf(tenantFixture({ objectStore })), ...other]).filter((flow) => !TABLE.includes(flow));
    const storage = { size: '1Gi' };
    const s3 = {
      endpoint: 'https://s3.example.com',
      bucket: 'b',
      region: 'r',
      secretName: 's',
      cidrs: ['93.184.0.0/16'],
    };
    expect(extra({ enabled: true, storage })).toEqual(['tenant-api > object-store 9000/TCP']);
    expect(extra({ enabled: true, storage, s3 })).toEqual(['tenant-api > internet 443/TCP']);
  });

  it('deny both ways first, and never have a rule without peers or ports', () => {
    const [first, ...rest] = policiesOf(tenantFixture(), true);
    expect(first?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const rules = rest.flatMap(({ spec }) => [
      ...(spec.ingress ?? []).map(({ from, ports }) => [from, ports]),
      ...(spec.egress ?? []).map(({ to, ports }) => [to, ports]),
    ]);
    expect(rules.length).toBeGreaterThan(8);
    expect(rules.flat().every((list) => (list?.length ?? 0) > 0)).toBe(true);
  });
});
