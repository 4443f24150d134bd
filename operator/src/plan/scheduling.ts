import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';

type Scheduling = NonNullable<LunaTenant['spec']['scheduling']>;

/** Where pods run, field by field: what the component says, else the tenant, else the platform. */
export function schedulingOf(tenant: LunaTenant, platform: Platform, own: Scheduling = {}): Scheduling {
  return { ...platform.scheduling, ...tenant.spec.scheduling, ...own };
}

/** The Secrets with which the tenant's images are pulled: the platform's and its own, each once. */
export function pullSecretsOf(tenant: LunaTenant, platform: Platform): { name: string }[] {
  const names = [...platform.imagePullSecrets, ...(tenant.spec.imagePullSecrets ?? [])];
  return [...new Set(names)].map((name) => ({ name }));
}
