import type { KubeObject } from '@luna-iems/kube-runtime';
import { RETAINED_ANNOTATION, TENANT_LABEL, TENANT_UID_ANNOTATION, namespaceOf, type LunaTenant } from '../tenant.ts';

/** Whether a tenant may use the namespace that it names. */
export type Claim = { verdict: 'ours' | 'readopt' } | { verdict: 'refuse' | 'wait'; reason: string; message: string };

/**
 * Decides over a namespace. It is the tenant's when it carries the tenant's label and UID, or when it was retained for a tenant of
 * this name; any other is somebody else's and stays untouched.
 */
export function claimNamespace(tenant: LunaTenant, namespace: KubeObject): Claim {
  const name = namespaceOf(tenant);
  const { labels, annotations, deletionTimestamp } = namespace.metadata;
  const owner = labels?.[TENANT_LABEL];
  if (owner !== tenant.metadata.name) {
    const whose = owner === undefined ? 'exists already and is not a tenant’s' : `belongs to the LunaTenant ${owner}`;
    const message = `namespace ${name} ${whose}: it stays untouched. Delete this LunaTenant and create it with another spec.namespace, or delete the namespace if nobody needs it`;
    return { verdict: 'refuse', reason: 'NamespaceTaken', message };
  }
  if (deletionTimestamp !== undefined) {
    return {
      verdict: 'wait',
      reason: 'NamespaceTerminating',
      message: `namespace ${name} is still being deleted${remains(namespace)}`,
    };
  }
  if (annotations?.[TENANT_UID_ANNOTATION] === tenant.metadata.uid) return { verdict: 'ours' };
  if (annotations?.[RETAINED_ANNOTATION] === 'true') return { verdict: 'readopt' };
  const message = `namespace ${name} carries another LunaTenant's UID and was not retained by a deletion. If it is this tenant's (after a restore, say): kubectl annotate namespace ${name} ${RETAINED_ANNOTATION}=true`;
  return { verdict: 'refuse', reason: 'NamespaceOfAnother', message };
}

/** Whether deleting this tenant may delete this namespace. */
export function mayDelete(tenant: LunaTenant, namespace: KubeObject): boolean {
  const { labels, annotations } = namespace.metadata;
  return (
    labels?.[TENANT_LABEL] === tenant.metadata.name && annotations?.[TENANT_UID_ANNOTATION] === tenant.metadata.uid
  );
}

/** What keeps a namespace from going away, as the API server says it. */
export function remains(namespace: KubeObject): string {
  const { conditions = [] } = (namespace['status'] ?? {}) as {
    conditions?: { type: string; status: string; message?: string }[];
  };
  const said = conditions.filter(({ status, message }) => status === 'True' && message !== undefined);
  return said.length === 0 ? '' : `: ${said.map(({ message }) => message).join('; ')}`;
}
