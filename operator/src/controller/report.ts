import { isDeepStrictEqual } from 'node:util';
import type { Client, EventRecorder, Logger } from '@luna-iems/kube-runtime';
import { MANAGER, type LunaTenant, type LunaTenantStatus } from '../tenant.ts';

/** Writes a tenant's status when it changed, and tells of transitions in Events. */
export interface Reporter {
  /** The tenant with the status that was written last, when the watch has not brought that yet. */
  current(tenant: LunaTenant): LunaTenant;
  /** Whether the tenant's status is the last word of `report`. */
  isOwn(tenant: LunaTenant): boolean;
  /** Drops what is remembered of a tenant that is gone. */
  forget(name: string): void;
  report(tenant: LunaTenant, status: LunaTenantStatus, signal: AbortSignal): Promise<void>;
}

type Conditions = NonNullable<LunaTenantStatus['conditions']>;
type Condition = Conditions[number];

export interface ReporterDeps {
  client: Client;
  events: EventRecorder;
  logger: Logger;
}

export function createReporter({ client, events, logger }: ReporterDeps): Reporter {
  const written = new Map<string, { over: string | undefined; status: LunaTenantStatus }>();
  /**
   * What was said last, also where it was on record already: a watch that lags may still bring something older of ours. Remembered
   * before it is sent, for the watch may be faster than the answer.
   */
  const said = new Map<string, LunaTenantStatus>();
  return {
    current(tenant) {
      const last = written.get(tenant.metadata.name);
      return last !== undefined && last.over === tenant.metadata.resourceVersion
        ? { ...tenant, status: last.status }
        : tenant;
    },
    isOwn: ({ metadata, status }) => isDeepStrictEqual(said.get(metadata.name), status),
    forget(name) {
      written.delete(name);
      said.delete(name);
    },
    async report(tenant, status, signal) {
      const { apiVersion, kind, metadata } = tenant;
      // The server refuses it for another LunaTenant of the same name.
      const { uid } = metadata;
      said.set(metadata.name, status);
      if (isDeepStrictEqual(tenant.status, status)) return;
      await client.applyStatus(
        { apiVersion, kind, metadata: { name: metadata.name, ...(uid && { uid }) }, status },
        { fieldManager: MANAGER, signal },
      );
      written.set(metadata.name, { over: metadata.resourceVersion, status });
      for (const event of transitions(tenant.status, status)) {
        events.record({ regarding: tenant, action: 'Reconcile', ...event });
        logger.info({ tenant: metadata.name, reason: event.reason, note: event.note }, 'tenant changed');
      }
      if (tenant.status?.phase !== status.phase)
        logger.info({ tenant: metadata.name, from: tenant.status?.phase, to: status.phase }, 'phase changed');
    },
  };
}

export interface Transition {
  type: 'Normal' | 'Warning';
  reason: string;
  note: string;
}

/** What is worth an Event between two statuses: becoming ready or not, trouble that begins or ends, refusals. */
export function transitions(before: LunaTenantStatus | undefined, after: LunaTenantStatus): Transition[] {
  const was = (type: string): Condition | undefined => before?.conditions?.find((condition) => condition.type === type);
  const { secretRotation } = after;
  const rotated =
    secretRotation !== undefined && secretRotation !== before?.secretRotation
      ? [normal('SecretsRotated', `every part runs with the Secrets of rotation ${secretRotation}`)]
      : [];
  const changes = (after.conditions ?? []).flatMap((now) => {
    const former = was(now.type);
    if (former?.status === now.status && (now.status === 'False' || former.reason === now.reason)) return [];
    const told = TELL[now.type]?.(now, former);
    return told === undefined ? [] : [told];
  });
  return [...changes, ...rotated];
}

type Tell = (now: Condition, former: Condition | undefined) => Transition | undefined;

const TELL: Record<string, Tell> = {
  Ready: (now, former) => {
    if (now.status === 'True') return former?.status === 'True' ? undefined : normal('Ready', now.message);
    return former?.status === 'True' ? warning('NotReady', now.message) : undefined;
  },
  Degraded: (now, former) => {
    if (now.status === 'True') return warning(now.reason, now.message);
    return former?.status === 'True' ? normal('Recovered', 'no part reports trouble any more') : undefined;
  },
  Hibernated: (now, former) => {
    if (now.status === 'True') return normal('Hibernated', now.message);
    return former?.status === 'True' ? normal('Waking', 'the tenant is being woken') : undefined;
  },
  SchemaReady: (now) => (now.status === 'True' ? normal('SchemaMigrated', now.message) : undefined),
  DeletionRefused: (now) => warning('DeletionRefused', now.message),
};

const normal = (reason: string, note: string): Transition => ({ type: 'Normal', reason, note });
const warning = (reason: string, note: string): Transition => ({ type: 'Warning', reason, note });
