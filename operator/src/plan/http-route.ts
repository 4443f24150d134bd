import { OPTIONAL_KINDS } from '../optional-kinds.ts';
import type { LunaTenant } from '../tenant.ts';
import type { Facts } from './desired.ts';
import { metaOf, type Planned } from './meta.ts';

/** The way from a Gateway to the tenant's API; none while the cluster does not know the Gateway API. */
export function planHttpRoute(tenant: LunaTenant, facts: Facts): Planned[] {
  const route = tenant.spec.api.httpRoute;
  if (route === undefined || facts.available?.has('HTTPRoute') !== true) return [];
  const { apiVersion, kind } = OPTIONAL_KINDS.HTTPRoute;
  const { hostnames, parentRefs } = route;
  const rules = [{ backendRefs: [{ name: 'tenant-api', port: 80 }] }];
  const object = { apiVersion, kind, metadata: metaOf(tenant, 'tenant-api'), spec: { parentRefs, hostnames, rules } };
  return [{ object }];
}
