import type { Condition } from '@luna-iems/kube-runtime';
import type { Finding, Situation } from './finding.ts';

const type = 'RouteReady';

interface Parent {
  parentRef: { name: string; namespace?: string };
  conditions?: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>[];
}

/** Whether the Gateways have taken the tenant's route; nothing for a tenant that asks for none. */
export function route({ tenant, planned, observed }: Situation): Finding[] {
  if (tenant.spec.api.httpRoute === undefined) return [];
  if (!planned.some(({ object }) => object.kind === 'HTTPRoute')) {
    const message =
      'spec.api.httpRoute is set, but the cluster has no Gateway API: install its CRDs, or use spec.api.ingress; the route is made as soon as they are there';
    return [{ type, status: 'False', reason: 'NotInstalled', message, trouble: true }];
  }
  const { parents = [] } = (observed.find('HTTPRoute', 'tenant-api')?.['status'] ?? {}) as { parents?: Parent[] };
  const refusals = parents.flatMap(refusalOf);
  if (refusals.length > 0)
    return [{ type, status: 'False', reason: 'NotAccepted', message: refusals.join('; '), trouble: true }];
  const accepted = parents.filter(isAccepted).length;
  const { length: wanted } = tenant.spec.api.httpRoute.parentRefs;
  if (accepted < wanted) {
    const message = `${accepted} of ${wanted} Gateways have accepted the route; a Gateway that says nothing does not exist, or has no controller`;
    return [{ type, status: 'False', reason: 'WaitingForGateway', message }];
  }
  return [{ type, status: 'True', reason: 'Accepted', message: 'every Gateway has accepted the route' }];
}

function isAccepted({ conditions = [] }: Parent): boolean {
  return conditions.some((one) => one.type === 'Accepted' && one.status === 'True');
}

function refusalOf({ parentRef, conditions = [] }: Parent): string[] {
  const refused = conditions.find(
    (one) => (one.type === 'Accepted' || one.type === 'ResolvedRefs') && one.status === 'False',
  );
  return refused === undefined ? [] : [`Gateway ${parentRef.name}: ${refused.reason}: ${refused.message}`];
}
