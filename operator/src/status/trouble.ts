import type { ContainerStatus, Pod } from '../observed.ts';

/** What keeps a pod from working, as a machine's word and a person's sentence. */
export interface Trouble {
  readonly reason: string;
  readonly message: string;
}

const PULL =
  'check the image reference, that the nodes can reach its registry, and that the Secrets in imagePullSecrets are in the tenant’s namespace';

const ADVICE: Record<string, string> = {
  ImagePullBackOff: PULL,
  ErrImagePull: PULL,
  InvalidImageName: 'check the image reference',
  ErrImageNeverPull: 'load the image onto the nodes, or set imagePullPolicy to IfNotPresent',
  CreateContainerConfigError: 'a Secret or ConfigMap that it names is missing or lacks a key',
  CrashLoopBackOff: 'see its log: kubectl logs --previous',
  OOMKilled: 'raise its memory limit in spec',
  Unschedulable: 'add capacity, lower the requests in spec, or check the StorageClass',
};

/** What programs say last when they end for a cause that a person can remove. */
const LAST_WORDS = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    reason: 'VolumeFull',
    advice: 'the volume is full: raise storage.size of this part in spec',
  },
  {
    pattern: /pull model manifest|model .*not found/i,
    reason: 'ModelNotFound',
    advice: 'no such model, or its registry cannot be reached: check the names in spec.models',
  },
];

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
  advice?: string | undefined;
}

function causeOf(status: ContainerStatus): Cause | undefined {
  if (status.ready) return undefined;
  const last = status.lastState?.terminated;
  const known = recognised(status.state?.terminated) ?? recognised(last);
  if (known !== undefined) return known;
  const outOfMemory = last?.reason === 'OOMKilled';
  if (outOfMemory) return { reason: 'OOMKilled', message: 'it used more memory than its limit' };
  return waitingCause(status.state?.waiting, last?.message);
}

/** A cause by what a program said when it ended; undefined when it ended well, or said nothing that is known. */
function recognised(end: { exitCode: number; message?: string } | undefined): Cause | undefined {
  if (end === undefined || end.exitCode === 0) return undefined;
  const found = LAST_WORDS.find(({ pattern }) => pattern.test(end.message ?? ''));
  return found === undefined ? undefined : { reason: found.reason, advice: found.advice, message: end.message };
}

function waitingCause(waiting: Partial<Cause> | undefined, lastWords: string | undefined): Cause | undefined {
  if (waiting?.reason === undefined || !WAITING_IS_TROUBLE.has(waiting.reason)) return undefined;
  return { reason: waiting.reason, message: lastWords ?? waiting.message };
}

function sentence(
  pod: Pod,
  container: string | undefined,
  { reason, message, advice = ADVICE[reason] }: Cause,
): Trouble {
  const where =
    container === undefined ? `pod ${pod.metadata.name}` : `container ${container} of pod ${pod.metadata.name}`;
  const detail = message === undefined ? '' : `: ${shorten(message)}`;
  return { reason, message: `${where}: ${reason}${detail}${advice === undefined ? '' : ` (${advice})`}` };
}

function shorten(text: string): string {
  const line = text.trim().split('\n').slice(-3).join(' ');
  return line.length > 300 ? `${line.slice(0, 297)}…` : line;
}
