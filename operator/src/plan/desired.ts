import type { KubeObject } from '@luna-iems/kube-runtime';
import type { OptionalKindName } from '../optional-kinds.ts';
import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import { planHttpRoute } from './http-route.ts';
import { inherit } from './inherit.ts';
import type { Planned } from './meta.ts';
import { planMonitoring } from './monitoring.ts';
import { planLimits, planNamespace } from './namespace.ts';
import { planNetwork, type NetworkFacts } from './network.ts';
import { planObjectStore } from './minio.ts';
import { planOllama } from './ollama.ts';
import { planPostgres } from './postgres.ts';
import { planQdrant } from './qdrant.ts';
import { planSchema } from './schema.ts';
import { markTemplates } from './template-marks.ts';
import type { SecretVersions } from './secrets.ts';
import { planServiceAccounts } from './service-accounts.ts';
import { planSimulation } from './simulation.ts';
import { planTenantApi } from './tenant-api.ts';
import { planTika } from './tika.ts';

/** What the plan needs to know of the cluster beside the tenant and the platform. */
export interface Facts extends NetworkFacts {
  /** Optional kinds that the cluster knows; none when left out. */
  readonly available?: ReadonlySet<OptionalKindName>;
  /** Versions of the Secrets' content; pods restart when one changes. */
  readonly secrets?: SecretVersions;
}

/** The tenant's namespace, as it stands in the plan. */
export function desiredNamespace(tenant: LunaTenant, platform: Platform): KubeObject {
  const object = planNamespace(tenant);
  return inherit(tenant, platform, [{ object }])[0]?.object ?? object;
}

/**
 * Everything that a tenant's namespace should hold but its Secrets (see `missingSecrets`), in the order in which it is applied:
 * the namespace and its limits, then the policies, then what runs. A pure function of its arguments.
 */
export function desired(tenant: LunaTenant, platform: Platform, facts: Facts): Planned[] {
  const planned = [
    { object: planNamespace(tenant) },
    ...planNetwork(tenant, platform, facts),
    ...planLimits(tenant, platform),
    ...planServiceAccounts(tenant),
    ...planPostgres(tenant, platform, facts),
    ...planQdrant(tenant, platform, facts),
    ...planTika(tenant, platform),
    ...planOllama(tenant, platform),
    ...planObjectStore(tenant, platform, facts),
    planSchema(tenant, platform, facts),
    ...planTenantApi(tenant, platform, facts),
    ...planSimulation(tenant, platform),
    ...planMonitoring(tenant, platform, facts),
    ...planHttpRoute(tenant, facts),
  ];
  return markTemplates(inherit(tenant, platform, planned));
}

/** Why this tenant cannot be planned on this platform, as a sentence; undefined when it can. */
export function planProblem(tenant: LunaTenant, platform: Platform): string | undefined {
  const { source } = tenant.spec.models;
  if (source.type === 'image' && (source.image ?? platform.images.models ?? '') === '') {
    return 'spec.models.source.type is image, but neither spec.models.source.image nor the operator’s images.models names one: set one of them';
  }
  return undefined;
}
