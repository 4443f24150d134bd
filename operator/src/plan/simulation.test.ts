import { describe, expect, it } from 'vitest';
import { platformFixture, specFixture, tenantFixture } from '../testing/fixtures.ts';
import type { LunaTenantSpec } from '../tenant.ts';
import type { PodSpec } from './pod.ts';
import { planSchema } from './schema.ts';
import { planSimulation } from './simulation.ts';

function simulatorsOf(seeds: LunaTenantSpec['simulation']['seeds']): PodSpec[] {
  const simulation = { ...specFixture().simulation, ...(seeds === undefined ? {} : { seeds }) };
  return planSimulation(tenantFixture({ simulation }), platformFixture()).flatMap(({ object }) => {
    const spec = object['spec'] as { jobTemplate: { spec: { template: { spec: PodSpec } } } } | undefined;
    return spec === undefined ? [] : [spec.jobTemplate.spec.template.spec];
  });
}

describe('seeds', () => {
  it('are mounted read-only at their names in both simulators', () => {
    const pods = simulatorsOf([
      { name: 'load', configMap: { name: 'load-profiles' } },
      { name: 'prices', persistentVolumeClaim: { claimName: 'market-files' } },
    ]);
    expect(pods).toHaveLength(2);
    for (const pod of pods) {
      expect(pod.volumes).toEqual(
        expect.arrayContaining([
          { name: 'seed-load', configMap: { name: 'load-profiles', optional: true } },
          { name: 'seed-prices', persistentVolumeClaim: { claimName: 'market-files', readOnly: true } },
        ]),
      );
      expect(pod.containers[0]?.volumeMounts).toEqual(
        expect.arrayContaining([
          { name: 'seed-load', mountPath: '/seeds/load', readOnly: true },
          { name: 'seed-prices', mountPath: '/seeds/prices', readOnly: true },
        ]),
      );
    }
  });

  it('change nothing where there are none', () => {
    for (const pod of simulatorsOf(undefined)) {
      expect(pod.volumes).toHaveLength(2);
      expect(pod.containers[0]?.volumeMounts).toHaveLength(2);
    }
    expect(simulatorsOf([])).toEqual(simulatorsOf(undefined));
  });
});

describe('retention', () => {
  const jobOf = (
    retention: LunaTenantSpec['database']['retention'],
  ): { name: string; env: Record<string, unknown> } => {
    const database = { ...specFixture().database, ...(retention === undefined ? {} : { retention }) };
    const { object } = planSchema(tenantFixture({ database }), platformFixture(), { secrets: {} });
    const { template } = object['spec'] as { template: { spec: PodSpec } };
    const env = (template.spec.containers[0]?.env ?? []).map((entry) => [entry.name, 'value' in entry && entry.value]);
    return { name: object.metadata.name, env: Object.fromEntries(env) as Record<string, unknown> };
  };

  it('reaches the database by another schema Job, each figure by itself, for ever too', () => {
    expect(jobOf({ readingsDays: 90 }).env).toMatchObject({ RETENTION_READINGS_DAYS: '90' });
    expect(jobOf({ readingsDays: 90 }).env).not.toHaveProperty('RETENTION_MINUTES_DAYS');
    expect(jobOf({ minutesDays: 0 }).env).toMatchObject({ RETENTION_MINUTES_DAYS: '0' });
    const names = [undefined, { readingsDays: 90 }, { readingsDays: 91 }].map((days) => jobOf(days).name);
    expect(new Set(names).size).toBe(3);
  });

  it('that nobody wrote leaves the Job as it was', () => {
    expect(jobOf({})).toEqual(jobOf(undefined));
  });
});
