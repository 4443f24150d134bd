import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One end of a flow: a pod, known by its labels, or an address outside the cluster. */
export interface Peer {
  readonly name: string;
  readonly ip: string;
  readonly pod?: {
    readonly namespace: string;
    readonly namespaceLabels: Record<string, string>;
    readonly labels: Record<string, string>;
  };
}

/** A connection that somebody may try. */
export interface Flow {
  readonly from: Peer;
  readonly to: Peer;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

const asTraffic = (peer: Peer): object => ({
  IP: peer.ip,
  ...(peer.pod === undefined
    ? {}
    : {
        Internal: {
          Namespace: peer.pod.namespace,
          NamespaceLabels: peer.pod.namespaceLabels,
          PodLabels: peer.pod.labels,
        },
      }),
});

/**
 * Whether the policies allow each flow, in order, as cyclonus judges it: an engine that shares no code with us.
 * Needed because not every cluster's network enforces policies, and because traffic proves only the flows that were tried.
 */
export function allowed(cyclonus: string, policies: readonly object[], flows: readonly Flow[]): boolean[] {
  const dir = mkdtempSync(join(tmpdir(), 'luna-flows-'));
  try {
    const policyPath = join(dir, 'policies.json');
    const trafficPath = join(dir, 'traffic.json');
    writeFileSync(
      policyPath,
      JSON.stringify({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicyList', items: policies }),
    );
    const traffic = flows.map((flow) => ({
      Source: asTraffic(flow.from),
      Destination: asTraffic(flow.to),
      ResolvedPort: flow.port,
      ResolvedPortName: '',
      Protocol: flow.protocol,
    }));
    writeFileSync(trafficPath, JSON.stringify(traffic));
    const args = ['analyze', '--mode', 'query-traffic', '--policy-path', policyPath, '--traffic-path', trafficPath];
    const output = execFileSync(cyclonus, args, { encoding: 'utf8', maxBuffer: 512 << 20, timeout: 120_000 });
    const verdicts = [...output.matchAll(/IS ALLOWED\?\s*\|\s*(TRUE|FALSE)/gi)].map(
      (match) => match[1]?.toUpperCase() === 'TRUE',
    );
    if (verdicts.length !== flows.length)
      throw new Error(
        `cyclonus judged ${String(verdicts.length)} of ${String(flows.length)} flows:\n${output.slice(0, 2000)}`,
      );
    return verdicts;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
