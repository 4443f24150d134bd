import { stringify } from 'yaml';
import type { KubeObject } from '@luna-iems/kube-runtime';
import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import { imagesOf } from './images.ts';
import { labelsOf, metaOf, type Planned } from './meta.ts';
import { container, fromSecret, plain, podTemplate, resources, scratch } from './pod.ts';
import { DATABASE } from './database.ts';

export const SIMULATORS = ['sim-meter', 'sim-market'];

/** The simulators' CronJobs and their configuration; nothing when simulation is off. */
export function planSimulation(tenant: LunaTenant, platform: Platform): Planned[] {
  if (!tenant.spec.simulation.enabled) return [];
  const config: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metaOf(tenant, 'sim-config'),
    data: { 'sim.yml': stringify(tenant.spec.simulation.config ?? {}, { sortMapEntries: true }) },
  };
  return [{ object: config }, ...SIMULATORS.map((name) => cronJob(tenant, platform, name))];
}

function cronJob(tenant: LunaTenant, platform: Platform, name: string): Planned {
  const labels = labelsOf(tenant, name);
  const seeds = tenant.spec.simulation.seeds ?? [];
  const simulator = container({
    name: 'sim',
    image: imagesOf(tenant, platform).tenantSim,
    platform,
    args: [name.replace('sim-', '')],
    resources: resources(tenant.spec.simulation.resources, { cpu: '25m', memory: '96Mi', limit: '512Mi' }),
    env: [
      ...plain({
        DATABASE_URL: `postgres://luna_sim@postgres:5432/${DATABASE}`,
        SIM_CONFIG: '/config/sim.yml',
        TENANT_NAME: tenant.metadata.name,
        LOG_LEVEL: platform.logLevel,
      }),
      fromSecret('PGPASSWORD', 'postgres-sim', 'password'),
    ],
    mounts: { tmp: '/tmp' },
    readOnlyMounts: {
      config: '/config',
      ...Object.fromEntries(seeds.map((seed) => [volumeName(seed), `/seeds/${seed.name}`])),
    },
  });
  const template = podTemplate({
    labels,
    serviceAccount: name,
    uid: 65532,
    platform,
    tenant,
    containers: [simulator],
    volumes: [{ name: 'config', configMap: { name: 'sim-config' } }, scratch('tmp', '256Mi'), ...seeds.map(seedVolume)],
    restartPolicy: 'Never',
  });
  const object: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metaOf(tenant, name),
    spec: {
      schedule: tenant.spec.simulation.schedule,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      // While the tenant is awake this field belongs to tenant-api's /sim/start and /sim/stop. Taking it for the time of a
      // hibernation and then letting go gives it back: server-side apply removes only what nobody else set.
      ...(tenant.spec.hibernate ? { suspend: true } : {}),
      jobTemplate: {
        metadata: { labels },
        spec: { backoffLimit: 0, activeDeadlineSeconds: 3600, ttlSecondsAfterFinished: 900, template },
      },
    },
  };
  return { object, after: ['schema'] };
}

type Seed = NonNullable<LunaTenant['spec']['simulation']['seeds']>[number];

const volumeName = ({ name }: Seed): string => `seed-${name}`;

/** A ConfigMap may come later: until then the run fails with the name of the file, which /sim/status shows, instead of no pod starting. */
function seedVolume(seed: Seed): object {
  const { configMap, persistentVolumeClaim: claim } = seed;
  return {
    name: volumeName(seed),
    ...(configMap === undefined ? {} : { configMap: { name: configMap.name, optional: true } }),
    ...(claim === undefined ? {} : { persistentVolumeClaim: { claimName: claim.claimName, readOnly: true } }),
  };
}
