import type { KubeObject } from '@luna-iems/kube-runtime';
import type { Platform } from '../platform.ts';
import { TENANT_UID_ANNOTATION, namespaceOf, type LunaTenant } from '../tenant.ts';
import { metaOf, tenantLabels, type Planned } from './meta.ts';

/** The tenant's namespace, with Pod Security `restricted` enforced. */
export function planNamespace(tenant: LunaTenant): KubeObject {
  const levels = ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespaceOf(tenant),
      labels: { ...tenantLabels(tenant), ...(Object.fromEntries(levels) as Record<string, string>) },
      annotations: { [TENANT_UID_ANNOTATION]: tenant.metadata.uid ?? '' },
    },
  };
}

/** Ceilings that keep one tenant from eating the cluster, and requests for containers that name none. */
export function planLimits(tenant: LunaTenant, platform: Platform): Planned[] {
  const limits: KubeObject = {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: metaOf(tenant, 'limits'),
    spec: {
      limits: [
        {
          type: 'Container',
          defaultRequest: { cpu: '25m', memory: '64Mi' },
          default: { memory: '512Mi' },
        },
      ],
    },
  };
  if (Object.keys(platform.quota).length === 0) return [{ object: limits }];
  const quota: KubeObject = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: metaOf(tenant, 'quota'),
    spec: { hard: platform.quota },
  };
  return [{ object: quota }, { object: limits }];
}
