import type { KubeObject, ObjectMeta } from '@luna-iems/kube-runtime';
import { COMPONENT_LABEL, MANAGED_BY_LABEL, MANAGER, TENANT_LABEL, namespaceOf, type LunaTenant } from '../tenant.ts';

/** The labels by which everything of a tenant is found again. */
export function tenantLabels(tenant: LunaTenant): Record<string, string> {
  return {
    'app.kubernetes.io/instance': tenant.metadata.name,
    'app.kubernetes.io/part-of': 'luna-iems',
    [MANAGED_BY_LABEL]: MANAGER,
    [TENANT_LABEL]: tenant.metadata.name,
  };
}

/** All labels of an object of one component. */
export function labelsOf(tenant: LunaTenant, component: string): Record<string, string> {
  return { [COMPONENT_LABEL]: component, ...tenantLabels(tenant) };
}

/** The labels that select a component's pods; a part of {@link labelsOf} that never changes. */
export function selectorOf(tenant: LunaTenant, component: string): Record<string, string> {
  return { [COMPONENT_LABEL]: component, [TENANT_LABEL]: tenant.metadata.name };
}

/** Metadata of an object in the tenant's namespace. */
export function metaOf(tenant: LunaTenant, component: string, name: string = component): ObjectMeta {
  return { name, namespace: namespaceOf(tenant), labels: labelsOf(tenant, component) };
}

/** What must have happened before an object may be created or changed. */
export type Gate = 'database' | 'schema' | 'models';

/** One object that should exist. While a gate in `after` is closed it is neither applied nor pruned. */
export interface Planned {
  readonly object: KubeObject;
  readonly after?: readonly Gate[];
  /** Set while the tenant waits for its turn: the object is what exists, and only its number of pods is looked after. */
  readonly held?: { readonly replicas?: number };
}
