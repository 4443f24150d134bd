import type { KubeObject, KubeResource } from '@luna-iems/kube-runtime';
import { COMPONENT_LABEL } from './tenant.ts';

/** What exists of one tenant, as far as the operator knows. */
export interface Observed {
  /** An object in the tenant's namespace. */
  find(kind: string, name: string): KubeObject | undefined;
  /** All objects of a kind in the tenant's namespace that carry the tenant's label. */
  list(kind: string): readonly KubeObject[];
}

/** A view to which objects are added as they are written. */
export interface Overlay extends Observed {
  add(object: KubeObject): void;
}

/** What is seen over `base` as objects are written. */
export function createOverlay(base: Observed): Overlay {
  const written = new Map<string, Map<string, KubeObject>>();
  return {
    add(object) {
      const ofKind = written.get(object.kind) ?? new Map<string, KubeObject>();
      written.set(object.kind, ofKind.set(object.metadata.name, object));
    },
    find: (kind, name) => written.get(kind)?.get(name) ?? base.find(kind, name),
    list(kind) {
      const fresh = written.get(kind);
      if (fresh === undefined) return base.list(kind);
      return [...fresh.values(), ...base.list(kind).filter(({ metadata }) => !fresh.has(metadata.name))];
    },
  };
}

/** The pods of a component that are not on their way out. */
export function podsOf(observed: Observed, component: string): Pod[] {
  const pods = observed.list('Pod') as readonly KubeResource[] as readonly Pod[];
  return pods.filter(
    ({ metadata }) => metadata.labels?.[COMPONENT_LABEL] === component && metadata.deletionTimestamp === undefined,
  );
}

/** The part of a Pod that the operator reads. */
export interface Pod extends KubeResource {
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount?: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: object;
  terminated?: { exitCode: number; reason?: string; message?: string; finishedAt?: string };
}

/** The part of a StatefulSet or Deployment that the operator reads. */
export interface Workload extends KubeResource {
  spec: { replicas?: number; template: { spec: { containers: { name: string; image: string }[] } } };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    readyReplicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
  };
}

/** The part of a Job that the operator reads. */
export interface Job extends KubeResource {
  status?: {
    succeeded?: number;
    failed?: number;
    conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
  };
}

export function findWorkload(
  observed: Observed,
  kind: 'StatefulSet' | 'Deployment',
  name: string,
): Workload | undefined {
  return observed.find(kind, name) as KubeResource | undefined as Workload | undefined;
}

export function jobState(job: Job | undefined): 'absent' | 'running' | 'complete' | 'failed' {
  if (job === undefined) return 'absent';
  const holds = (type: string): boolean =>
    job.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
  if (holds('Complete')) return 'complete';
  return holds('Failed') ? 'failed' : 'running';
}

/** True when the controller has seen the current spec and all its pods run it and are ready. */
export function rolledOut(workload: Workload | undefined): boolean {
  if (workload?.status === undefined) return false;
  const { metadata, spec, status } = workload;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  return areCurrent(status, spec.replicas ?? 1);
}

/** True when so many pods are of the current version and ready. A ready pod may be a former one while such are still there. */
function areCurrent(status: NonNullable<Workload['status']>, wanted: number): boolean {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = status;
  return replicas <= updatedReplicas && updatedReplicas >= wanted && readyReplicas >= wanted;
}

/** True when one pod at least can serve, whatever version it runs. */
export function serves(workload: Workload | undefined): boolean {
  return (workload?.status?.readyReplicas ?? 0) > 0;
}
