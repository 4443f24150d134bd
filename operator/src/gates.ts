import type { KubeResource } from '@luna-iems/kube-runtime';
import { findWorkload, jobState, podsOf, rolledOut, type Job, type Observed } from './observed.ts';
import type { Gate, Planned } from './plan/meta.ts';
import type { LunaTenant } from './tenant.ts';

/** The name of the schema Job in a plan. */
export function schemaJobName(planned: readonly Planned[]): string {
  return planned.find(({ object }) => object.kind === 'Job')?.object.metadata.name ?? '';
}

/** Which gates stand open, from what exists. */
export function openGates(tenant: LunaTenant, planned: readonly Planned[], observed: Observed): ReadonlySet<Gate> {
  const open = new Set<Gate>();
  const job = observed.find('Job', schemaJobName(planned)) as KubeResource | undefined as Job | undefined;
  // All of it, in its current form: a Job that finds the former database or password would fail.
  if (rolledOut(findWorkload(observed, 'StatefulSet', 'postgres'))) open.add('database');
  if (jobState(job) === 'complete') open.add('schema');
  if (rolledOut(findWorkload(observed, 'StatefulSet', 'ollama'))) open.add('models');
  return tenant.spec.hibernate ? new Set<Gate>() : open;
}

/**
 * Splits a plan into what may be applied now and what must wait. A sleeping tenant opens no gate, yet what exists behind one is
 * still put to sleep.
 */
export function passGates(
  tenant: LunaTenant,
  planned: readonly Planned[],
  observed: Observed,
): { ready: Planned[]; held: Planned[] } {
  const passes = (item: Planned): boolean => mayPass(tenant, planned, { item, observed });
  return { ready: planned.filter(passes), held: planned.filter((item) => !passes(item)) };
}

/** Whether one item of the plan may be applied, as things stand. */
export function mayPass(
  tenant: LunaTenant,
  planned: readonly Planned[],
  { item, observed }: { item: Planned; observed: Observed },
): boolean {
  const { object, after = [] } = item;
  if (after.length === 0) return true;
  const open = openGates(tenant, planned, observed);
  if (after.every((gate) => open.has(gate))) return true;
  return tenant.spec.hibernate && sleeps(object.kind, object.metadata.name, observed);
}

function sleeps(kind: string, name: string, observed: Observed): boolean {
  return kind !== 'Job' && observed.find(kind, name) !== undefined;
}

/** True while a model pull from the registry is still to do, so that the pod needs a way to the internet. */
export function isPulling(tenant: LunaTenant, observed: Observed): boolean {
  if (tenant.spec.models.source.type !== 'registry' || tenant.spec.hibernate) return false;
  const pods = podsOf(observed, 'ollama');
  const pulled = (pod: (typeof pods)[number]): boolean =>
    pod.status?.initContainerStatuses?.some(
      ({ name, state }) => name === 'pull-models' && state?.terminated?.exitCode === 0,
    ) ?? false;
  return pods.length === 0 || !pods.every(pulled);
}
