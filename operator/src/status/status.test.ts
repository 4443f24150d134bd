import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@luna-iems/kube-runtime';
import { desired } from '../plan/desired.ts';
import {
  observedFixture,
  platformFixture,
  podFixture,
  rolledOutFixture,
  specFixture,
  tenantFixture,
} from '../testing/fixtures.ts';
import type { LunaTenant, LunaTenantStatus } from '../tenant.ts';
import { statusOf, statusOfIdle } from './status.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const platform = platformFixture();

const schemaPod = podFixture('schema', {
  containerStatuses: [
    { name: 'schema', ready: false, state: { terminated: { exitCode: 0, message: 'schema version 2\n' } } },
  ],
});

function all(tenant: LunaTenant): KubeObject[] {
  const planned = desired(tenant, platform, { apiServer: [], pulling: false });
  return [...planned.map(({ object }) => rolledOutFixture(object)), schemaPod];
}

function status(tenant: LunaTenant, objects: KubeObject[], failure?: string): LunaTenantStatus {
  const planned = desired(tenant, platform, { apiServer: [], pulling: false });
  return statusOf({ tenant, planned, observed: observedFixture(objects), platform, failure }, NOW);
}

const condition = (
  of: LunaTenantStatus,
  type: string,
): { status: string; reason: string; message: string } | undefined => of.conditions?.find((one) => one.type === type);
const truths = (of: LunaTenantStatus): Record<string, string> =>
  Object.fromEntries((of.conditions ?? []).map(({ type, status: value }) => [type, value]));
const without = (objects: KubeObject[], kind: string, name: string): KubeObject[] =>
  objects.filter((object) => object.kind !== kind || !object.metadata.name.startsWith(name));
const notReady = (object: KubeObject): KubeObject => ({
  ...object,
  status: { observedGeneration: 1, replicas: 1, readyReplicas: 0, updatedReplicas: 1 },
});
const change = (
  objects: KubeObject[],
  kind: string,
  name: string,
  how: (object: KubeObject) => KubeObject,
): KubeObject[] =>
  objects.map((object) => (object.kind === kind && object.metadata.name.startsWith(name) ? how(object) : object));

describe('statusOf', () => {
  const tenant = tenantFixture();

  it('says that an update of the API waits for other parts, and not of one that waits for its turn', () => {
    const isApi = ({ kind, metadata }: KubeObject): boolean => kind === 'Deployment' && metadata.name === 'tenant-api';
    const planned = desired(tenant, platform, { apiServer: [], pulling: false });
    const held = planned.map((item) => (isApi(item.object) ? { object: { ...item.object }, held: {} } : item));
    const isInPlace = (object: KubeObject): boolean => !isApi(object);
    const said = (plan: typeof planned): string | undefined =>
      condition(
        statusOf({ tenant, planned: plan, observed: observedFixture(all(tenant)), platform, isInPlace }, NOW),
        'ApiReady',
      )?.reason;
    expect(said(planned)).toBe('UpdateWaiting');
    expect(said(held)).toBe(condition(status(tenant, all(tenant)), 'ApiReady')?.reason);
  });

  it('says of a tenant that runs that it is ready, where, and what it runs', () => {
    const ready = status(tenant, all(tenant));
    expect(ready).toMatchObject({
      phase: 'Ready',
      observedGeneration: 3,
      namespace: 'luna-demo',
      schemaVersion: 2,
      endpoints: { api: 'http://tenant-api.luna-demo.svc' },
      versions: { luna: '1.2.3', database: 'timescaledb:1', api: 'luna/tenant-api:1' },
    });
    const falsehoods = Object.entries(truths(ready))
      .filter(([, value]) => value === 'False')
      .map(([type]) => type);
    expect(falsehoods.sort()).toEqual(['Degraded', 'Hibernated', 'Progressing']);
    expect(ready.conditions?.every(({ observedGeneration }) => observedGeneration === 3)).toBe(true);
  });

  it('says of a new tenant what it waits for', () => {
    const young = status(tenant, []);
    expect(young.phase).toBe('Degraded');
    const isolated = status(
      tenant,
      all(tenant).filter(({ kind }) => kind === 'NetworkPolicy'),
    );
    expect(isolated.phase).toBe('Provisioning');
    expect(truths(isolated)).toMatchObject({
      Ready: 'False',
      Progressing: 'True',
      Degraded: 'False',
      NetworkIsolated: 'True',
      ApiReady: 'False',
    });
    expect(condition(isolated, 'SchemaReady')?.reason).toBe('WaitingForDatabase');
    expect(condition(isolated, 'ApiReady')?.reason).toBe('WaitingForParts');
  });

  it.each([
    ['StatefulSet', 'postgres', 'DatabaseReady'],
    ['StatefulSet', 'qdrant', 'VectorStoreReady'],
    ['Deployment', 'tika', 'ExtractionReady'],
    ['StatefulSet', 'ollama', 'ModelsReady'],
    ['Deployment', 'tenant-api', 'ApiReady'],
  ])('is not ready while %s %s is down', (kind, name, type) => {
    const down = status(tenant, change(all(tenant), kind, name, notReady));
    expect(truths(down)).toMatchObject({ Ready: 'False', [type]: 'False' });
    expect(condition(down, 'Ready')?.message).toBe(condition(down, type)?.message);
  });

  it('names the trouble of a pod as the reason, and is degraded', () => {
    const pod = podFixture('qdrant', {
      containerStatuses: [
        { name: 'qdrant', ready: false, state: { waiting: { reason: 'ErrImagePull', message: 'no such tag' } } },
      ],
    });
    const broken = status(tenant, [...change(all(tenant), 'StatefulSet', 'qdrant', notReady), pod]);
    expect(broken.phase).toBe('Degraded');
    expect(condition(broken, 'Degraded')).toMatchObject({ status: 'True', reason: 'ErrImagePull' });
    expect(condition(broken, 'Ready')?.message).toMatch(/no such tag/);
  });

  it('stays ready without an optional model, and names it', () => {
    const told = (message?: string): KubeObject =>
      podFixture('ollama', {
        initContainerStatuses: [
          { name: 'copy-models', ready: true, state: { terminated: { exitCode: 0 } } },
          { name: 'check-models', ready: true, state: { terminated: { exitCode: 0, ...(message && { message }) } } },
        ],
      });
    const lacking = status(tenant, [...all(tenant), told('reads:1b: not found in the model image')]);
    expect(truths(lacking)).toMatchObject({
      Ready: 'True',
      ModelsReady: 'True',
      Degraded: 'True',
      Progressing: 'False',
    });
    expect(condition(lacking, 'ModelsReady')?.reason).toBe('ModelMissing');
    expect(condition(lacking, 'Degraded')?.message).toMatch(
      /reads:1b: not found in the model image.*spec\.models\.reader/,
    );
    const complete = status(tenant, [...all(tenant), told()]);
    expect(condition(complete, 'ModelsReady')).toMatchObject({ status: 'True', reason: 'Running' });
    expect(complete.phase).toBe('Ready');
  });

  it('stays ready during an update that leaves a pod serving', () => {
    const updating = status(
      tenant,
      change(all(tenant), 'Deployment', 'tika', (object) => ({
        ...object,
        status: { observedGeneration: 1, readyReplicas: 1, updatedReplicas: 0 },
      })),
    );
    expect(truths(updating)).toMatchObject({ Ready: 'True', ExtractionReady: 'True', Progressing: 'True' });
  });

  it('sees a policy that is missing or was opened by hand', () => {
    expect(truths(status(tenant, without(all(tenant), 'NetworkPolicy', 'default-deny')))).toMatchObject({
      NetworkIsolated: 'False',
      Ready: 'False',
      Degraded: 'True',
    });
    const opened = change(all(tenant), 'NetworkPolicy', 'postgres', (object) => ({
      ...object,
      spec: { ...(object['spec'] as object), ingress: [{}] },
    }));
    expect(condition(status(tenant, opened), 'NetworkIsolated')?.message).toMatch(/postgres/);
  });

  it('tells why a migration failed', () => {
    const failed = change(all(tenant), 'Job', 'schema', (object) => ({
      ...object,
      status: { failed: 5, conditions: [{ type: 'Failed', status: 'True' }] },
    }));
    const jobName = failed.find(({ kind }) => kind === 'Job')?.metadata.name ?? '';
    const words = podFixture('schema', {
      containerStatuses: [
        {
          name: 'schema',
          ready: false,
          state: { terminated: { exitCode: 1, message: 'checksum of 001_init.sql differs' } },
        },
      ],
    });
    words.metadata.labels = { ...words.metadata.labels, 'batch.kubernetes.io/job-name': jobName };
    const broken = status(tenant, [...failed.filter(({ kind }) => kind !== 'Pod'), words]);
    expect(condition(broken, 'SchemaReady')).toMatchObject({ status: 'False', reason: 'MigrationFailed' });
    expect(condition(broken, 'Degraded')?.message).toMatch(/checksum of 001_init\.sql differs/);
    expect(truths(broken), 'the former API serves').toMatchObject({ Ready: 'True', ApiReady: 'True' });
    const young = status(tenant, [
      ...without(failed, 'Deployment', 'tenant-api').filter(({ kind }) => kind !== 'Pod'),
      words,
    ]);
    expect(condition(young, 'Ready')).toMatchObject({ status: 'False', reason: 'MigrationFailed' });
  });

  it('tells of a failed attempt while the Job tries again, and only of its own', () => {
    const running = change(all(tenant), 'Job', 'schema', (object) => ({ ...object, status: { active: 1, failed: 1 } }));
    const jobName = running.find(({ kind }) => kind === 'Job')?.metadata.name ?? '';
    const attempt = (job: string, message: string): KubeObject => {
      const ended = { terminated: { exitCode: 1, message, finishedAt: '2026-01-01T00:00:00Z' } };
      const pod = podFixture('schema', { containerStatuses: [{ name: 'schema', ready: false, state: ended }] }, job);
      return {
        ...pod,
        metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, 'batch.kubernetes.io/job-name': job } },
      };
    };
    const foreign = status(tenant, [...running, attempt('schema-other', 'no password')]);
    expect(condition(foreign, 'SchemaReady')).toMatchObject({ reason: 'Migrating' });
    const own = status(tenant, [...running, attempt(jobName, 'no password')]);
    expect(condition(own, 'SchemaReady')).toMatchObject({ status: 'False', reason: 'MigrationRetrying' });
    expect(condition(own, 'Degraded')?.message).toMatch(/no password/);
  });

  it('stays ready with a stopped, a switched-off or a broken simulation, and says which', () => {
    const stopped = change(all(tenant), 'CronJob', 'sim', (object) => ({
      ...object,
      spec: { ...(object['spec'] as object), suspend: true },
    }));
    expect(condition(status(tenant, stopped), 'SimulationReady')).toMatchObject({ status: 'True', reason: 'Stopped' });
    const off = tenantFixture({ simulation: { ...specFixture().simulation, enabled: false } });
    expect(condition(status(off, all(off)), 'SimulationReady')).toMatchObject({ status: 'True', reason: 'Disabled' });
    const pod = podFixture('sim-meter', {
      containerStatuses: [{ name: 'sim', ready: false, state: { waiting: { reason: 'CreateContainerConfigError' } } }],
    });
    expect(truths(status(tenant, [...all(tenant), pod]))).toMatchObject({
      SimulationReady: 'False',
      Degraded: 'True',
      Ready: 'True',
    });
  });

  it('says what could not be written, without calling a serving tenant down', () => {
    const failing = status(tenant, all(tenant), 'Service qdrant could not be written: quota');
    expect(condition(failing, 'Degraded')).toMatchObject({
      status: 'True',
      reason: 'WriteFailed',
      message: 'Service qdrant could not be written: quota',
    });
    expect(truths(failing)['Ready']).toBe('True');
  });

  it('follows a hibernation until no pod is left', () => {
    const asleep = tenantFixture({ hibernate: true });
    const stopping = change(all(asleep), 'StatefulSet', 'postgres', (object) => ({
      ...object,
      status: { observedGeneration: 1, replicas: 1 },
    }));
    expect(truths(status(asleep, stopping))).toMatchObject({
      Hibernated: 'False',
      Progressing: 'True',
      Ready: 'False',
    });
    const done = status(asleep, all(asleep));
    expect(done.phase).toBe('Hibernated');
    expect(truths(done)).toMatchObject({ Hibernated: 'True', Progressing: 'False', Degraded: 'False', Ready: 'False' });
    expect(condition(done, 'Ready')?.message).toMatch(/spec\.hibernate to false/);
  });

  it('does not call an API ready that still sleeps while the rest wakes', () => {
    const asleep = all(tenantFixture({ hibernate: true })).find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'tenant-api',
    );
    const waking = change(all(tenant), 'Deployment', 'tenant-api', (object) => asleep ?? object);
    expect(condition(status(tenant, waking), 'ApiReady')).toMatchObject({ status: 'False', reason: 'WaitingForParts' });
  });

  it('gives the same status again for the same world, and moves times only with truths', () => {
    const first = status(tenant, all(tenant));
    const later = (status_: LunaTenantStatus, objects: KubeObject[]): LunaTenantStatus => {
      const planned = desired(tenant, platform, { apiServer: [], pulling: false });
      return statusOf(
        { tenant: { ...tenant, status: status_ }, planned, observed: observedFixture(objects), platform },
        NOW + 60_000,
      );
    };
    expect(later(first, all(tenant))).toEqual(first);
    const down = later(first, change(all(tenant), 'StatefulSet', 'qdrant', notReady));
    const time = (of: LunaTenantStatus, type: string): string | undefined =>
      of.conditions?.find((one) => one.type === type)?.lastTransitionTime;
    expect(time(down, 'VectorStoreReady')).toBe('2026-01-02T03:05:05Z');
    expect(time(down, 'DatabaseReady')).toBe('2026-01-02T03:04:05Z');
  });

  it('keeps the schema version when the Job has gone, and forgets conditions that no longer apply', () => {
    const old = {
      ...tenant,
      status: {
        schemaVersion: 2,
        conditions: [
          { type: 'DeletionRefused', status: 'True' as const, reason: 'x', message: 'x', lastTransitionTime: 'x' },
        ],
      },
    };
    const now = status(
      old,
      all(tenant).filter(({ kind }) => kind !== 'Pod'),
    );
    expect(now.schemaVersion).toBe(2);
    expect(condition(now, 'DeletionRefused')).toBeUndefined();
  });

  it('says how to let a protected deletion go on', () => {
    const leaving = tenantFixture({ deletionProtection: true }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(condition(status(leaving, all(leaving)), 'DeletionRefused')?.message).toMatch(/deletionProtection/);
  });
});

describe('statusOfIdle', () => {
  it('leaves a paused tenant as ready as it was, and a blocked one not', () => {
    const ready = { ...tenantFixture(), status: status(tenantFixture(), all(tenantFixture())) };
    const idle = { reason: 'Paused', message: 'left alone' };
    expect(truths(statusOfIdle(ready, { phase: 'Paused', ...idle }, NOW))).toMatchObject({
      Ready: 'True',
      DatabaseReady: 'True',
    });
    expect(truths(statusOfIdle(tenantFixture(), { phase: 'Paused', ...idle }, NOW))).toMatchObject({ Ready: 'False' });
    expect(truths(statusOfIdle(ready, { phase: 'Blocked', ...idle }, NOW))).toMatchObject({
      Ready: 'False',
      Degraded: 'True',
    });
  });
});
