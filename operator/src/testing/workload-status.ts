import type { KubeObject } from '@luna-iems/kube-runtime';

/** One time for all, so that reporting the same state twice changes nothing. */
const TIME = '2026-01-02T03:04:05Z';

const COMPLETE = {
  startTime: TIME,
  completionTime: TIME,
  succeeded: 1,
  conditions: ['SuccessCriteriaMet', 'Complete'].map((type) => ({
    type,
    status: 'True',
    lastProbeTime: TIME,
    lastTransitionTime: TIME,
  })),
};

/** What the controllers of a whole cluster would report of a StatefulSet, Deployment or Job whose pods run, or do not. */
export function workloadStatus({ kind, metadata, spec }: KubeObject, runs = true): object {
  if (kind === 'Job') return runs ? COMPLETE : { active: 1, startTime: TIME };
  const { replicas = 1 } = spec as { replicas?: number };
  const ready = runs ? replicas : 0;
  const counts = { replicas, readyReplicas: ready, updatedReplicas: replicas, availableReplicas: ready };
  return { observedGeneration: metadata.generation ?? 1, ...counts };
}
