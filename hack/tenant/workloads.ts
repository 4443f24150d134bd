import type { Part } from './summary.ts';

interface Workload {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number };
}

/** StatefulSets and Deployments of a tenant, as kubectl lists them. */
export interface WorkloadList {
  readonly items: readonly Workload[];
}

/** Workloads that every tenant runs. */
const expected = ['postgres', 'qdrant', 'tika', 'ollama', 'tenant-api'] as const;

/** Whether every workload has all of its pods ready. One that is missing or scaled to zero counts as down. */
export function workloadsPart(list: WorkloadList): Part {
  const names = [...new Set([...expected, ...list.items.map((item) => item.metadata.name)])];
  const states = names.map((name) => {
    const item = list.items.find((candidate) => candidate.metadata.name === name);
    const [ready, wanted] = [item?.status?.readyReplicas ?? 0, item === undefined ? 0 : (item.spec?.replicas ?? 1)];
    return { name, text: item === undefined ? 'missing' : `${ready}/${wanted}`, ok: wanted > 0 && ready >= wanted };
  });
  const bad = states.filter((state) => !state.ok).map(({ name, text }) => `${name} ${text}`);
  const note = bad.length === 0 ? `${states.length} workloads ready` : `not ready: ${bad.join(', ')}`;
  return { part: 'pods', ok: bad.length === 0, latencyMs: undefined, note };
}
