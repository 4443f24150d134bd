import { setCondition, type Condition } from '@luna-iems/kube-runtime';
import { findWorkload, rolledOut, type Observed } from '../observed.ts';
import { imagesOf } from '../plan/images.ts';
import { rotationOf } from '../plan/secrets.ts';
import type { Platform } from '../platform.ts';
import { namespaceOf, type LunaTenant, type LunaTenantStatus } from '../tenant.ts';
import { findings } from './components.ts';
import type { Finding, Situation } from './finding.ts';
import { settled, updateOf, type Update } from './update.ts';
import { schemaVersionOf } from './schema.ts';

/** The status of a tenant that the operator works on. `failure`: what could not be written in this pass. */
export function statusOf(
  situation: Situation & { platform: Platform; update?: Update; failure?: string | undefined },
  nowMs: number,
): LunaTenantStatus {
  const { tenant, observed, platform, failure } = situation;
  const parts = findings(situation);
  const overall = summarise(tenant, parts, observed, failure);
  const versions = versionsOf(tenant, observed, platform);
  const schemaVersion = schemaVersionOf(observed) ?? tenant.status?.schemaVersion;
  const external = externalOf(tenant);
  const secretRotation = settled(overall)
    ? (rotationOf(tenant) ?? tenant.status?.secretRotation)
    : tenant.status?.secretRotation;
  const progress = updateOf(tenant, overall, situation.update);
  return {
    ...base(tenant),
    phase: phaseOf(tenant, overall),
    ...progress.fields,
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
    endpoints: {
      api: `http://tenant-api.${namespaceOf(tenant)}.svc`,
      ...(external === undefined ? {} : { external }),
    },
    versions,
    ...(secretRotation === undefined ? {} : { secretRotation }),
    conditions: conditionsOf(tenant, [...overall, ...parts, ...progress.findings, ...deletionRefused(tenant)], nowMs),
  };
}

/** The status of a tenant that the operator does not work on: refused, paused, or on its way out. */
export function statusOfIdle(
  tenant: LunaTenant,
  idle: { phase: 'Blocked' | 'Paused' | 'Deleting'; reason: string; message: string },
  nowMs: number,
): LunaTenantStatus {
  const { phase, reason, message } = idle;
  const blocked = phase === 'Blocked';
  const former = tenant.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  const ready: Finding = {
    type: 'Ready',
    status: phase === 'Paused' && former === 'True' ? 'True' : 'False',
    reason,
    message,
  };
  const changes: Finding[] = [
    ready,
    { type: 'Progressing', status: phase === 'Deleting' ? 'True' : 'False', reason, message },
    { type: 'Degraded', status: blocked ? 'True' : 'False', reason, message },
  ];
  // What was observed last stays: nobody looks at the parts now.
  return { ...tenant.status, ...base(tenant), phase, conditions: conditionsOf(tenant, changes, nowMs, true) };
}

/** Where the API answers outside the cluster. A Gateway ends TLS, so what it serves is taken for https. */
function externalOf({ spec }: LunaTenant): string | undefined {
  const { ingress, httpRoute } = spec.api;
  if (ingress !== undefined) return `${ingress.tlsSecretName === undefined ? 'http' : 'https'}://${ingress.host}`;
  const host = httpRoute?.hostnames[0];
  return host === undefined ? undefined : `https://${host}`;
}

function base(tenant: LunaTenant): LunaTenantStatus {
  return { observedGeneration: tenant.metadata.generation ?? 0, namespace: namespaceOf(tenant) };
}

type Phase = NonNullable<LunaTenantStatus['phase']>;

/** Ready, Progressing, Degraded and Hibernated, from the parts. */
function summarise(tenant: LunaTenant, parts: Finding[], observed: Observed, failure: string | undefined): Finding[] {
  const { hibernate } = tenant.spec;
  const missing = parts.filter(({ status }) => status === 'False');
  const broken = parts.filter(({ trouble }) => trouble === true);
  // The API only ever starts on a migrated database: while it serves, a migration is an update under way.
  const apiServes = parts.some(({ type, status }) => type === 'ApiReady' && status === 'True');
  const serving = missing.filter((finding) => !isAside(finding) && !(apiServes && finding.type === 'SchemaReady'));
  const asleep = isAsleep(observed);
  return [
    readyFinding(serving, hibernate, failure),
    progressingFinding(parts, hibernate && !asleep),
    degradedFinding(broken, failure),
    hibernate
      ? {
          type: 'Hibernated',
          status: asleep ? 'True' : 'False',
          reason: asleep ? 'Asleep' : 'ScalingDown',
          message: 'volumes and Secrets are kept; set spec.hibernate to false to wake the tenant',
        }
      : { type: 'Hibernated', status: 'False', reason: 'Awake', message: 'spec.hibernate is false' },
  ];
}

/** What is worth a look while the tenant serves: a broken simulator, metrics that nobody collects, a way in that is not open, a volume that cannot grow, an object store for which files wait in the database. */
function isAside({ type, trouble }: Finding): boolean {
  return (
    ['MonitoringReady', 'ObjectStoreReady', 'RouteReady', 'VolumesReady'].includes(type) ||
    (type === 'SimulationReady' && trouble === true)
  );
}

function readyFinding(missing: Finding[], hibernate: boolean, failure: string | undefined): Finding {
  const type = 'Ready';
  const first = missing.find(({ trouble }) => trouble === true) ?? missing[0];
  if (hibernate)
    return {
      type,
      status: 'False',
      reason: 'Hibernated',
      message: 'the tenant sleeps; set spec.hibernate to false to wake it',
    };
  if (first !== undefined) return { type, status: 'False', reason: first.reason, message: failure ?? first.message };
  return { type, status: 'True', reason: 'AllPartsReady', message: failure ?? 'all parts are ready' };
}

function progressingFinding(parts: Finding[], fallingAsleep: boolean): Finding {
  const type = 'Progressing';
  const moving = parts.filter(({ reason }) => MOVING.has(reason));
  if (fallingAsleep) return { type, status: 'True', reason: 'FallingAsleep', message: 'pods are being stopped' };
  if (moving.length === 0) return { type, status: 'False', reason: 'Settled', message: 'nothing is under way' };
  const names = moving.map((part) => part.type).join(', ');
  return { type, status: 'True', reason: 'RollingOut', message: `under way: ${names}` };
}

const MOVING = new Set([
  'Waiting',
  'Starting',
  'Updating',
  'Migrating',
  'MigrationRetrying',
  'WaitingForDatabase',
  'WaitingForSchema',
  'WaitingForParts',
  'UpdateWaiting',
  'WaitingForGateway',
]);

function degradedFinding(broken: Finding[], failure: string | undefined): Finding {
  const type = 'Degraded';
  if (failure !== undefined) return { type, status: 'True', reason: 'WriteFailed', message: failure };
  const first = broken[0];
  if (first === undefined)
    return { type, status: 'False', reason: 'NothingBroken', message: 'no part reports trouble' };
  return { type, status: 'True', reason: first.reason, message: broken.map(({ message }) => message).join('; ') };
}

function deletionRefused(tenant: LunaTenant): Finding[] {
  if (tenant.metadata.deletionTimestamp === undefined || !tenant.spec.deletionProtection) return [];
  const { name } = tenant.metadata;
  const message = `deletion was asked for, but spec.deletionProtection is true; to let it go on: kubectl patch lunatenant ${name} --type=merge -p '{"spec":{"deletionProtection":false}}'`;
  return [{ type: 'DeletionRefused', status: 'True', reason: 'DeletionProtection', message }];
}

function phaseOf(tenant: LunaTenant, overall: Finding[]): Phase {
  const holds = (type: string): boolean =>
    overall.some((finding) => finding.type === type && finding.status === 'True');
  if (tenant.spec.hibernate) return 'Hibernated';
  if (holds('Degraded')) return 'Degraded';
  return holds('Ready') ? 'Ready' : 'Provisioning';
}

function isAsleep(observed: Observed): boolean {
  const workloads = [...observed.list('StatefulSet'), ...observed.list('Deployment')];
  return workloads.every(
    (workload) => ((workload['status'] as { replicas?: number } | undefined)?.replicas ?? 0) === 0,
  );
}

const IMAGES = [
  ['database', 'StatefulSet', 'postgres'],
  ['vectorStore', 'StatefulSet', 'qdrant'],
  ['extraction', 'Deployment', 'tika'],
  ['models', 'StatefulSet', 'ollama'],
  ['objectStore', 'StatefulSet', 'object-store'],
  ['api', 'Deployment', 'tenant-api'],
] as const;

function versionsOf(tenant: LunaTenant, observed: Observed, platform: Platform): Record<string, string> {
  const images = IMAGES.flatMap(([part, kind, name]) => {
    const image = findWorkload(observed, kind, name)?.spec.template.spec.containers[0]?.image;
    return image === undefined ? [] : [[part, image] as const];
  });
  const api = findWorkload(observed, 'Deployment', 'tenant-api');
  const current =
    rolledOut(api) && api?.spec.template.spec.containers[0]?.image === imagesOf(tenant, platform).tenantApi;
  const luna = current ? platform.version : tenant.status?.versions?.['luna'];
  return { ...(luna === undefined ? {} : { luna }), ...Object.fromEntries(images) };
}

function conditionsOf(tenant: LunaTenant, found: Finding[], nowMs: number, keepOthers = false): Condition[] {
  const before = (tenant.status?.conditions ?? []) as Condition[];
  const types = new Set(found.map(({ type }) => type));
  const kept = keepOthers ? before : before.filter(({ type }) => types.has(type));
  const observedGeneration = tenant.metadata.generation ?? 0;
  const made = found.reduce((conditions, { type, status, reason, message }) => {
    return setCondition(conditions, { type, status, reason, message, observedGeneration }, nowMs);
  }, kept);
  // In one order, whichever of them came first in the tenant's life.
  const place = ({ type }: Condition): number => found.findIndex((finding) => finding.type === type);
  return keepOthers ? made : made.toSorted((a, b) => place(a) - place(b));
}
