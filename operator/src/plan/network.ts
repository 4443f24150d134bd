import type { KubeObject } from '@luna-iems/kube-runtime';
import type { Platform, PlatformPeer } from '../platform.ts';
import { COMPONENT_LABEL, TENANT_LABEL, namespaceOf, type LunaTenant } from '../tenant.ts';
import { labelsOf, selectorOf, type Planned } from './meta.ts';
import { OBJECT_STORE, OBJECT_STORE_PORT, ownObjectStore, portOf } from './object-store.ts';
import { SIMULATORS } from './simulation.ts';

/** One address of the cluster's API server. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface NetworkFacts {
  readonly apiServer: readonly Endpoint[];
  /** True while a model pull is still to do; only then is there a way to the internet. */
  readonly pulling: boolean;
}

type Peer = Record<string, unknown>;
interface Rule {
  peers: Peer[];
  ports: number[];
}

const DATABASE_CLIENTS = ['tenant-api', 'schema', ...SIMULATORS];
const NEEDS_DNS = [...DATABASE_CLIENTS];

// What is not the internet: private, carrier, loopback, link-local (cloud metadata lives there), multicast and reserved ranges.
const NOT_INTERNET = {
  '0.0.0.0/0': [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ],
  '::/0': ['::/127', 'fc00::/7', 'fe80::/10', 'ff00::/8', '64:ff9b::/96'],
};

/** Every NetworkPolicy of a tenant; the one that denies everything comes first. */
export function planNetwork(tenant: LunaTenant, platform: Platform, facts: NetworkFacts): Planned[] {
  const own = (component: string): Peer => ({ podSelector: { matchLabels: selectorOf(tenant, component) } });
  const dns: Rule = { peers: [platformPeer(platform.network.dns)], ports: [53] };
  const monitoring = platformPeer(platform.network.monitoring);
  const clients = apiClients(tenant, platform);
  const databaseClients = DATABASE_CLIENTS.map(own);
  const fromDatabaseClients = { peers: databaseClients, ports: [5432] };

  const policies = [
    policy(tenant, 'default-deny', {}, { ingress: [], egress: [] }),
    policy(tenant, 'allow-dns', oneOf(tenant, NEEDS_DNS), { egress: [dns] }),
    policy(tenant, 'postgres', byName(tenant, 'postgres'), { ingress: [fromDatabaseClients] }),
    policy(tenant, 'postgres-clients', oneOf(tenant, DATABASE_CLIENTS), {
      egress: [{ peers: [own('postgres')], ports: [5432] }],
    }),
    policy(tenant, 'qdrant', byName(tenant, 'qdrant'), {
      ingress: [{ peers: [own('tenant-api'), monitoring], ports: [6333] }],
    }),
    policy(tenant, 'tika', byName(tenant, 'tika'), { ingress: [{ peers: [own('tenant-api')], ports: [9998] }] }),
    policy(tenant, 'ollama', byName(tenant, 'ollama'), { ingress: [{ peers: [own('tenant-api')], ports: [11434] }] }),
    policy(tenant, 'tenant-api', byName(tenant, 'tenant-api'), {
      ingress: [{ peers: [monitoring, ...clients], ports: [8080] }],
      egress: [
        { peers: [own('qdrant')], ports: [6333] },
        { peers: [own('tika')], ports: [9998] },
        { peers: [own('ollama')], ports: [11434] },
        ...toObjectStore(tenant),
        ...facts.apiServer.map(({ address, port }) => ({ peers: [onlyAddress(address)], ports: [port] })),
      ],
    }),
  ];
  if (ownObjectStore(tenant) !== undefined) {
    const fromApi = { peers: [own('tenant-api')], ports: [OBJECT_STORE_PORT] };
    policies.push(policy(tenant, OBJECT_STORE, byName(tenant, OBJECT_STORE), { ingress: [fromApi] }));
  }
  if (facts.pulling)
    policies.push(policy(tenant, 'model-pull', byName(tenant, 'ollama'), { egress: [dns, ...internet()] }));
  return policies.map((object) => ({ object }));
}

/** The way to the tenant's own object store, or to the addresses that stand behind the bucket outside. */
function toObjectStore(tenant: LunaTenant): Rule[] {
  if (ownObjectStore(tenant) !== undefined) {
    const pods = { podSelector: { matchLabels: selectorOf(tenant, OBJECT_STORE) } };
    return [{ peers: [pods], ports: [OBJECT_STORE_PORT] }];
  }
  const s3 = tenant.spec.objectStore?.s3;
  if (s3 === undefined) return [];
  return [{ peers: s3.cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [portOf(s3.endpoint)] }];
}

function apiClients(tenant: LunaTenant, platform: Platform): Peer[] {
  const named = tenant.spec.network.apiClients as Peer[];
  const { ingress, httpRoute } = tenant.spec.api;
  const { ingressController, gateway = ingressController } = platform.network;
  return [
    ...named,
    ...(ingress === undefined ? [] : [platformPeer(ingressController)]),
    ...(httpRoute === undefined ? [] : [platformPeer(gateway)]),
  ];
}

function platformPeer({ namespaceLabels, podLabels }: PlatformPeer): Peer {
  return {
    namespaceSelector: { matchLabels: namespaceLabels ?? {} },
    ...(podLabels === undefined ? {} : { podSelector: { matchLabels: podLabels } }),
  };
}

function onlyAddress(address: string): Peer {
  return { ipBlock: { cidr: address.includes(':') ? `${address}/128` : `${address}/32` } };
}

function internet(): Rule[] {
  return Object.entries(NOT_INTERNET).map(([cidr, except]) => ({
    peers: [{ ipBlock: { cidr, except } }],
    ports: [443],
  }));
}

function byName(tenant: LunaTenant, component: string): object {
  return { matchLabels: selectorOf(tenant, component) };
}

function oneOf(tenant: LunaTenant, components: string[]): object {
  return {
    matchLabels: { [TENANT_LABEL]: tenant.metadata.name },
    matchExpressions: [{ key: COMPONENT_LABEL, operator: 'In', values: components }],
  };
}

function policy(
  tenant: LunaTenant,
  name: string,
  podSelector: object,
  rules: { ingress?: Rule[]; egress?: Rule[] },
): KubeObject {
  const { ingress, egress } = rules;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: namespaceOf(tenant), labels: labelsOf(tenant, 'network') },
    spec: {
      podSelector,
      policyTypes: [...(ingress === undefined ? [] : ['Ingress']), ...(egress === undefined ? [] : ['Egress'])],
      // Empty lists are left out, as the API server stores them: a policy type without rules denies everything.
      ...(ingress?.length ? { ingress: ingress.map((rule) => ({ from: rule.peers, ports: ports(rule) })) } : {}),
      ...(egress?.length ? { egress: egress.map((rule) => ({ to: rule.peers, ports: ports(rule) })) } : {}),
    },
  };
}

function ports(rule: Rule): { protocol: string; port: number }[] {
  const tcp = rule.ports.map((port) => ({ protocol: 'TCP', port }));
  return rule.ports.includes(53) ? [{ protocol: 'UDP', port: 53 }, ...tcp] : tcp;
}
