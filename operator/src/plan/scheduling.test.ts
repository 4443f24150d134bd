import { describe, expect, it } from 'vitest';
import type { Platform } from '../platform.ts';
import { platformFixture, specFixture, tenantFixture } from '../testing/fixtures.ts';
import type { LunaTenantSpec } from '../tenant.ts';
import { desired } from './desired.ts';
import type { PodSpec } from './pod.ts';

interface Templated {
  template?: { spec: PodSpec };
  jobTemplate?: { spec: Templated };
}

/** The pods of a plan, by the name of what makes them. */
function podsOf(spec: Partial<LunaTenantSpec>, platform: Partial<Platform> = {}): Record<string, PodSpec> {
  const planned = desired(tenantFixture(spec), platformFixture(platform), { apiServer: [], pulling: false });
  const entries = planned.flatMap(({ object }) => {
    const outer = object['spec'] as Templated | undefined;
    const pod = outer?.template?.spec ?? outer?.jobTemplate?.spec.template?.spec;
    return pod === undefined ? [] : [[object.metadata.name.replace(/^schema-.*/, 'schema'), pod] as const];
  });
  return Object.fromEntries(entries);
}
const NAMES = ['ollama', 'postgres', 'qdrant', 'schema', 'sim-market', 'sim-meter', 'tenant-api', 'tika'];

describe('where pods run', () => {
  it('is what the tenant says, else what the platform says, field by field, for every pod', () => {
    const pods = podsOf(
      { scheduling: { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'tenants', operator: 'Exists' }] } },
      { scheduling: { nodeSelector: { pool: 'shared' }, priorityClassName: 'customers' } },
    );
    expect(Object.keys(pods).sort()).toEqual(NAMES);
    for (const pod of Object.values(pods)) {
      expect(pod).toMatchObject({
        nodeSelector: { disk: 'ssd' },
        tolerations: [{ key: 'tenants', operator: 'Exists' }],
        priorityClassName: 'customers',
      });
      expect(pod.affinity).toBeUndefined();
    }
  });

  it('may be another for the model server, which wants a GPU perhaps', () => {
    const models = { ...specFixture().models, scheduling: { nodeSelector: { gpu: 'yes' } } };
    const pods = podsOf({ models, scheduling: { nodeSelector: { disk: 'ssd' }, priorityClassName: 'high' } });
    expect(pods['ollama']).toMatchObject({ nodeSelector: { gpu: 'yes' }, priorityClassName: 'high' });
    expect(pods['postgres']).toMatchObject({ nodeSelector: { disk: 'ssd' } });
  });
});

describe('images', () => {
  it('are the tenant’s where it names one, in every container that runs that program', () => {
    const { database, vectorStore, extraction, models, api, simulation } = specFixture();
    const pods = podsOf({
      database: { ...database, image: 'own/db:1' },
      vectorStore: { ...vectorStore, image: 'own/qdrant:1' },
      extraction: { ...extraction, image: 'own/tika:1' },
      models: { ...models, serverImage: 'own/ollama:1' },
      api: { ...api, image: 'own/api:1' },
      simulation: { ...simulation, image: 'own/sim:1' },
    });
    const images = Object.values(pods).flatMap((pod) => [...(pod.initContainers ?? []), ...pod.containers]);
    expect(images.filter(({ image }) => !image.startsWith('own/'))).toEqual([]);
    expect(pods['schema']?.containers[0]?.image).toBe('own/api:1');
  });

  it('are pulled with the platform’s Secrets and the tenant’s, each once', () => {
    const pods = podsOf({ imagePullSecrets: ['own', 'shared'] }, { imagePullSecrets: ['shared'] });
    for (const pod of Object.values(pods)) expect(pod.imagePullSecrets).toEqual([{ name: 'shared' }, { name: 'own' }]);
  });
});
