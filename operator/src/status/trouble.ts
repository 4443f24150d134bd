import type { ContainerStatus, Pod } from '../observed.ts';

/** What keeps a pod from working, as a machine's word and a person's sentence. */
export interface Trouble {
  readonly reason: string;
  readonly message: string;
}

const ADVICE: Record<string, string> = {
  ImagePullBackOff: 'check the image reference, and that the nodes can reach and may read its registry',
  ErrImagePull: 'check the image reference, and that the nodes can reach and may read its registry',
  InvalidImageName: 'check the image reference',
  ErrImageNeverPull: 'load the image onto the nodes, or set imagePullPolicy to IfNotPresent',
  CreateContainerConfigError: 'a Secret or ConfigMap that it names is missing or lacks a key',
  CrashLoopBackOff: 'see its log: kubectl logs --previous',
  OOMKilled: 'raise its memory limit in spec',
  Unschedulable: 'add capacity, lower the requests in spec, or check the StorageClass',
};

const WAITING_IS_TROUBLE = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'CrashLoopBackOff',
]);

/** The first trouble found in these pods; undefined while all is going its normal way. */
export function troubleOf(pods: readonly Pod[]): Trouble | undefined {
  for (const pod of pods) {
    const trouble = unschedulable(pod) ?? containerTrouble(pod);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function unschedulable(pod: Pod): Trouble | undefined {
  const condition = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (condition?.reason !== 'Unschedulable') return undefined;
  return sentence(pod, undefined, { reason: 'Unschedulable', message: condition.message });
}

function containerTrouble(pod: Pod): Trouble | undefined {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  for (const status of statuses) {
    const cause = causeOf(status);
    if (cause !== undefined) return sentence(pod, status.name, cause);
  }
  return undefined;
}

interface Cause {
  reason: string;
  message?: string | undefined;
}

function causeOf(status: ContainerStatus): Cause | undefined {
  const last = status.lastState?.terminated;
  const outOfMemory = !status.ready && last?.reason === 'OOMKilled';
  if (outOfMemory) return { reason: 'OOMKilled', message: 'it used more memory than its limit' };
  return waitingCause(status.state?.waiting, last?.message);
}

function waitingCause(waiting: Partial<Cause> | undefined, lastWords: string | undefined): Cause | undefined {
  if (waiting?.reason === undefined || !WAITING_IS_TROUBLE.has(waiting.reason)) return undefined;
  return { reason: waiting.reason, message: lastWords ?? waiting.message };
}

function sentence(pod: Pod, container: string | undefined, { reason, message }: Cause): Trouble {
  const where =
    container === undefined ? `pod ${pod.metadata.name}` : `container ${container} of pod ${pod.metadata.name}`;
  const detail = message === undefined ? '' : `: ${shorten(message)}`;
  const advice = ADVICE[reason];
  return { reason, message: `${where}: ${reason}${detail}${advice === undefined ? '' : ` (${advice})`}` };
}

function shorten(text: string): string {
  const line = text.trim().split('\n').slice(-3).join(' ');
  return line.length > 300 ? `${line.slice(0, 297)}…` : line;
}
