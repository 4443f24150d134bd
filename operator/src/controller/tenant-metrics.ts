import { Gauge, type Registry } from 'prom-client';
import type { LunaTenantStatus } from '../tenant.ts';

/** Per-tenant gauges; a tenant that is gone leaves none behind. */
export interface TenantMetrics {
  observe(tenant: string, status: LunaTenantStatus): void;
  forget(tenant: string): void;
}

/** Registers `luna_tenant_condition{tenant,condition}`: 1 while the condition is True. */
export function createTenantMetrics(registry: Registry): TenantMetrics {
  const condition = new Gauge({
    name: 'luna_tenant_condition',
    help: "1 while the tenant's condition is True, else 0",
    labelNames: ['tenant', 'condition'],
    registers: [registry],
  });
  const known = new Map<string, Set<string>>();
  const forget = (tenant: string): void => {
    for (const type of known.get(tenant) ?? []) condition.remove({ tenant, condition: type });
    known.delete(tenant);
  };
  return {
    observe(tenant, status) {
      forget(tenant);
      const conditions = status.conditions ?? [];
      for (const { type, status: value } of conditions)
        condition.set({ tenant, condition: type }, value === 'True' ? 1 : 0);
      known.set(tenant, new Set(conditions.map(({ type }) => type)));
    },
    forget,
  };
}
