import type { KubeObject } from '@luna-iems/kube-runtime';
import { TENANT_LABEL } from '../src/tenant.ts';
import type { Illness } from './hands.ts';

/** A request that cannot be met. */
export interface Impossible {
  readonly spec: object;
  readonly says: RegExp;
  /** The volume of the database runs full. */
  readonly fills?: true;
  /** The change that heals it; default: the former spec. */
  readonly heals?: object;
}

export const GROWN = { database: { storage: { size: '20Gi' } } };

export const IMPOSSIBLE: Readonly<Record<string, Impossible>> = {
  unschedulable: {
    spec: { database: { resources: { requests: { memory: '900Gi' }, limits: { memory: '900Gi' } } } },
    says: /Unschedulable.*Insufficient memory/,
  },
  'requests above limits': {
    spec: { api: { resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } } },
    says: /must be less than or equal to memory limit/,
  },
  'bad image': { spec: { vectorStore: { image: 'example.com/no-such-image:1' } }, says: /no-such-image|ImagePull/ },
  'no such model': { spec: { models: { chat: { name: 'no-such-model' } } }, says: /no-such-model|CrashLoopBackOff/ },
  'bad peer': {
    spec: { network: { apiClients: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['198.51.100.0/24'] } }] } },
    says: /NetworkPolicy tenant-api/,
  },
  'full volume': { spec: {}, fills: true, says: /VolumeFull.*No space left.*raise storage\.size/, heals: GROWN },
};

const sick = { name: 'sick', ready: false, restartCount: 3, image: '', imageID: '' };
const waiting = (reason: string, message: string, more: object = {}): object => ({
  phase: 'Pending',
  containerStatuses: [{ ...sick, state: { waiting: { reason, message } }, ...more }],
});
const unschedulable = {
  phase: 'Pending',
  conditions: [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/1 nodes are available: 1 Insufficient memory.',
    },
  ],
};
const full = {
  exitCode: 1,
  reason: 'Error',
  message: 'PANIC: could not write to file "pg_wal/xlogtemp.29": No space left on device',
};

/** What kubelet and scheduler would say of workloads that ask for the impossible, and of a database whose small volume is `filled`. */
export function diagnose(workload: KubeObject, filled: ReadonlySet<string>): Illness | undefined {
  const text = JSON.stringify(workload['spec']);
  if (text.includes('"memory":"900Gi"')) return unschedulable;
  if (isFull(workload, text, filled))
    return waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container', {
      lastState: { terminated: full },
    });
  if (text.includes('no-such-image'))
    return waiting('ImagePullBackOff', 'Back-off pulling image "example.com/no-such-image:1"');
  return text.includes('no-such-model') && text.includes('volumeClaimTemplates')
    ? waiting('CrashLoopBackOff', 'pull model manifest: no-such-model: file does not exist')
    : undefined;
}

function isFull({ metadata }: KubeObject, spec: string, filled: ReadonlySet<string>): boolean {
  const tenant = metadata.labels?.[TENANT_LABEL] ?? '';
  return metadata.name === 'postgres' && filled.has(tenant) && spec.includes('"storage":"10Gi"');
}
