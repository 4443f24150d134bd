import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchV1Api, CoreV1Api, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createCronJobs, type CronJobs } from '../src/sim/cronjobs.ts';

const namespace = 'luna-cronjobs-test';
const names = ['sim-meter', 'sim-market'];

let admin: KubeConfig;
let dir: string;
let cronJobs: CronJobs;

const batch = (): BatchV1Api => admin.makeApiClient(BatchV1Api);

async function makeCronJob(name: string): Promise<void> {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'sim', image: 'none' }] } };
  await batch().createNamespacedCronJob({
    namespace,
    body: { metadata: { name }, spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } } },
  });
}

/** The permissions that the operator gives: these two CronJobs by name, and nothing else. */
async function allowOnlyThese(account: string): Promise<void> {
  const rbac = admin.makeApiClient(RbacAuthorizationV1Api);
  const rules = [{ apiGroups: ['batch'], resources: ['cronjobs'], resourceNames: names, verbs: ['get', 'patch'] }];
  await rbac.createNamespacedRole({ namespace, body: { metadata: { name: account }, rules } });
  await rbac.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata: { name: account },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    },
  });
}

beforeAll(async () => {
  admin = new KubeConfig();
  admin.loadFromFile(inject('kubeconfig'));
  const core = admin.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'tenant-api' } } });
  await allowOnlyThese('tenant-api');
  for (const name of [...names, 'other']) await makeCronJob(name);
  const { status } = await core.createNamespacedServiceAccountToken({
    namespace,
    name: 'tenant-api',
    body: { spec: { audiences: [] } },
  });
  const cluster = admin.getCurrentCluster();
  const ca =
    cluster?.caFile === undefined ? Buffer.from(cluster?.caData ?? '', 'base64') : await readFile(cluster.caFile);
  dir = await mkdtemp(join(tmpdir(), 'account-'));
  await writeFile(join(dir, 'token'), status?.token ?? '');
  await writeFile(join(dir, 'ca.crt'), ca);
  cronJobs = createCronJobs({
    server: cluster?.server ?? '',
    namespace,
    names,
    tokenFile: join(dir, 'token'),
    caFile: join(dir, 'ca.crt'),
  });
});

afterAll(async () => {
  await admin.makeApiClient(CoreV1Api).deleteNamespace({ name: namespace });
  await rm(dir, { recursive: true });
});

async function suspendedInCluster(): Promise<boolean[]> {
  const { items } = await batch().listNamespacedCronJob({ namespace });
  return names.map((name) => items.find((job) => job.metadata?.name === name)?.spec?.suspend ?? false);
}

describe("the simulator's CronJobs", () => {
  it('are suspended and resumed, and nothing else of them changes', async () => {
    expect(await cronJobs.suspend(true)).toMatchObject(
      names.map((name) => ({ name, suspended: true, schedule: '* * * * *' })),
    );
    expect(await suspendedInCluster()).toEqual([true, true]);
    expect(await cronJobs.suspend(false)).toMatchObject([{ suspended: false }, { suspended: false }]);
    expect(await suspendedInCluster()).toEqual([false, false]);
    expect(await cronJobs.read()).toMatchObject([{ active: 0, lastScheduleTime: null }, { active: 0 }]);
  });

  it('own only the field they set', async () => {
    await cronJobs.suspend(true);
    const job = await batch().readNamespacedCronJob({ namespace, name: 'sim-meter' });
    const owned = job.metadata?.managedFields?.find((entry) => entry.manager === 'luna-tenant-api');
    expect(owned?.fieldsV1).toEqual({ 'f:spec': { 'f:suspend': {} } });
  });

  it("are the only ones: another is refused with a code, and without the API server's words", async () => {
    const others = createCronJobs({
      ...{ server: admin.getCurrentCluster()?.server ?? '', namespace, names: ['other'] },
      ...{ tokenFile: join(dir, 'token'), caFile: join(dir, 'ca.crt') },
    });
    await expect(others.suspend(true)).rejects.toMatchObject({
      code: 'LUNA_SIM_CLUSTER',
      status: 503,
      message: expect.not.stringContaining('403') as string,
    });
  });
});
