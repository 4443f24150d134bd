import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '@luna-iems/kube-runtime';
import { desired, missingSecrets, platformSchema, type LunaTenant, type Platform } from '@luna-iems/operator';
import { parseYamlConfig } from '@luna-iems/service-kit';
import { parse } from 'yaml';

const repository = join(import.meta.dirname, '../../..');

/** Where the world says that the API server listens: a loopback address is no valid endpoint. */
export const API_SERVER = { address: '192.0.2.10', port: 6443 };

/** The platform of the chart's default values, with ten workers. */
export async function benchPlatform(): Promise<Platform> {
  const values = parse(await readFile(join(repository, 'charts/luna-operator/values.yaml'), 'utf8')) as {
    images: Record<string, string>;
    tenants: { network: object; quota: object };
  };
  const { operator: _operator, ...images } = values.images;
  const config = {
    version: 'bench',
    images: { ...images, models: 'luna/models:1' },
    network: values.tenants.network,
    quota: values.tenants.quota,
    controller: { concurrency: 10 },
  };
  return parseYamlConfig(platformSchema, JSON.stringify(config));
}

/** A LunaTenant of the bench: models from an image, so that no policy changes while pods come up. */
export function benchTenant(name: string, schedule: string): KubeObject {
  return {
    apiVersion: 'luna-iems.io/v1alpha1',
    kind: 'LunaTenant',
    metadata: { name },
    spec: {
      models: { embedding: { name: 'all-minilm', dimensions: 384 }, source: { type: 'image' } },
      simulation: { enabled: true, schedule },
    },
  };
}

/**
 * What our planner wants of one tenant, Secrets included, in the order in which it is applied; `__tenant__`, `__uid__` and
 * `__schedule__` stand for the tenant's own. `completed` is a bench tenant as the API server gives it, defaults filled in.
 */
export function childrenTemplate(completed: KubeObject, platform: Platform): KubeObject[] {
  const { spec } = completed as unknown as LunaTenant;
  const tenant: LunaTenant = {
    apiVersion: 'luna-iems.io/v1alpha1',
    kind: 'LunaTenant',
    metadata: { name: '__tenant__', uid: '__uid__' },
    spec: { ...spec, simulation: { ...spec.simulation, schedule: '__schedule__' } },
  };
  const secrets = missingSecrets(tenant, new Set(), randomBytes);
  const planned = desired(tenant, platform, { apiServer: [API_SERVER], pulling: false }).map(({ object }) => object);
  return [...planned.slice(0, 1), ...secrets, ...planned.slice(1)];
}
