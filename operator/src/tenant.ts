import type { Condition, ObjectMeta, ResourceKind } from '@luna-iems/kube-runtime';
import type { LunaTenantSpec, LunaTenantStatus } from './generated/luna-tenant.ts';

export type { LunaTenantSpec, LunaTenantStatus } from './generated/luna-tenant.ts';

/** A LunaTenant as the API server gives it: defaults filled in. */
export interface LunaTenant {
  apiVersion: 'luna-iems.io/v1alpha1';
  kind: 'LunaTenant';
  metadata: ObjectMeta;
  spec: LunaTenantSpec;
  status?: LunaTenantStatus;
}

export type TenantCondition = Condition;

export const lunaTenantKind: ResourceKind = {
  apiVersion: 'luna-iems.io/v1alpha1',
  kind: 'LunaTenant',
  plural: 'lunatenants',
  namespaced: false,
};

export const MANAGER = 'luna-operator';
export const FINALIZER = 'luna-iems.io/tenant';
export const TENANT_LABEL = 'luna-iems.io/tenant';
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const COMPONENT_LABEL = 'app.kubernetes.io/name';
/** On the Namespace: the UID of the LunaTenant that it belongs to. */
export const TENANT_UID_ANNOTATION = 'luna-iems.io/tenant-uid';
/** On the Namespace: its LunaTenant was deleted under Retain; one of the same name may take it up again. */
export const RETAINED_ANNOTATION = 'luna-iems.io/retained';
/** On the LunaTenant: any new value asks for new content of all its Secrets. */
export const ROTATE_ANNOTATION = 'luna-iems.io/rotate-secrets';
/** On a Secret: the value that its content was last renewed for. */
export const ROTATED_ANNOTATION = 'luna-iems.io/rotated';
/** On what has pods: a hash of what they are like. */
export const TEMPLATE_ANNOTATION = 'luna-iems.io/template';
export const HASH_ANNOTATION = 'luna-iems.io/applied-hash';

/** The tenant with a spec that can be looked into, whatever an older CRD has let into it. */
export function withSpec(tenant: LunaTenant): LunaTenant {
  const spec: unknown = tenant.spec;
  const isTree = typeof spec === 'object' && spec !== null && !Array.isArray(spec);
  return isTree ? tenant : { ...tenant, spec: {} as LunaTenantSpec };
}

/** The namespace that holds everything of this tenant. */
export function namespaceOf(tenant: LunaTenant): string {
  return tenant.spec.namespace ?? `luna-${tenant.metadata.name}`;
}
