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
  /**
   * How many milliseconds a status should wait, for it only tells of progress of a tenant that is being built, and another was written, or
   * the tenant first seen, a moment ago. A status costs the API server as much as five other objects, and a tenant that comes up has many.
   */
  restFor(tenant: LunaTenant, status: LunaTenantStatus): number | undefined;
}

/** About as often as a person who watches looks; longer than the steps of a tenant whose parts come up at once. */
const QUIET_MS = 1_000;

type Conditions = NonNullable<LunaTenantStatus['conditions']>;
type Condition = Conditions[number];

export interface ReporterDeps {
  client: Client;
  events: EventRecorder;
  logger: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
}

export function createReporter({ client, events, logger, now }: ReporterDeps): Reporter {
  const written = new Map<string, { over: string | undefined; status: LunaTenantStatus }>();
  /** When a status was written last; before the first one, when it was first to be. Milliseconds since 1970. */
  const quietSince = new Map<string, number>();
  /**
   * What was said last, also where it was on record already: a watch that lags may still bring something older of ours. Remembered
   * before it is sent, for the watch may be faster than the answer.
   */
  const said = new Map<string, LunaTenantStatus>();
  return {
    current(tenant) {
      const last = written.get(tenant.metadata.name);
      if (last !== undefined && last.over === tenant.metadata.resourceVersion)
        return { ...tenant, status: last.status };
      written.delete(tenant.metadata.name);
      return tenant;
    },
    isOwn: ({ metadata, status }) => isDeepStrictEqual(said.get(metadata.name), status),
    restFor(tenant, status) {
      if (!isProgress(tenant.status, status)) return undefined;
      const { name } = tenant.metadata;
      if (tenant.status === undefined && !quietSince.has(name)) quietSince.set(name, now());
      const since = now() - (quietSince.get(name) ?? -Infinity);
      // A clock that was set back must not make anybody wait for long.
      return since >= 0 && since < QUIET_MS ? QUIET_MS - since : undefined;
    },
    forget(name) {
      written.delete(name);
      quietSince.delete(name);
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
      quietSince.set(metadata.name, now());
      for (const event of transitions(tenant.status, status)) {
        events.record({ regarding: tenant, action: 'Reconcile', ...event });
        logger.info({ tenant: metadata.name, reason: event.reason, note: event.note }, 'tenant changed');
      }
      if (tenant.status?.phase !== status.phase)
        logger.info({ tenant: metadata.name, from: tenant.status?.phase, to: status.phase }, 'phase changed');
    },
  };
}

/** True between two statuses of a tenant that comes up without trouble, when nothing but the state of its parts differs; and for the first. */
function isProgress(before: LunaTenantStatus | undefined, after: LunaTenantStatus): boolean {
  if (after.phase !== 'Provisioning') return false;
  if (before === undefined) return true;
  if (before.phase !== 'Provisioning') return false;
  const gist = ({
    conditions = [],
    versions: _versions,
    schemaVersion: _schema,
    ...rest
  }: LunaTenantStatus): object => ({
    ...rest,
    types: conditions.map(({ type }) => type).sort(),
    overall: conditions.filter(({ type }) => OVERALL.has(type)).map(({ type, status }) => `${type} ${status}`),
  });
  return !isDeepStrictEqual(before, after) && isDeepStrictEqual(gist(before), gist(after));
}

const OVERALL: ReadonlySet<string> = new Set(['Ready', 'Degraded', 'Progressing', 'Hibernated', 'UpToDate']);

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
