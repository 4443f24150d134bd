import type { ResourceKind } from '@luna-iems/kube-runtime';
import { lunaTenantKind } from './tenant.ts';

/** Kinds of others that the operator makes objects of where the cluster knows them. */
export const OPTIONAL_KINDS = {
  HTTPRoute: {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    plural: 'httproutes',
    namespaced: true,
  },
  ServiceMonitor: {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    plural: 'servicemonitors',
    namespaced: true,
  },
} as const satisfies Record<string, ResourceKind>;

export type OptionalKindName = keyof typeof OPTIONAL_KINDS;

/** What a client of the operator must know beside Kubernetes' own kinds. */
export const operatorKinds: readonly ResourceKind[] = [lunaTenantKind, ...Object.values(OPTIONAL_KINDS)];
