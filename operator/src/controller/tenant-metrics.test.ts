import { describe, expect, it } from 'vitest';
import { Registry } from 'prom-client';
import type { LunaTenantStatus } from '../tenant.ts';
import { createTenantMetrics } from './tenant-metrics.ts';

const status = (conditions: Record<string, 'True' | 'False'>): LunaTenantStatus => ({
  conditions: Object.entries(conditions).map(([type, value]) => ({
    type,
    status: value,
    reason: 'r',
    message: 'm',
    lastTransitionTime: 't',
  })),
});

describe('gauges of tenants', () => {
  it('follow the conditions, and go with the tenant and with a condition that no longer applies', async () => {
    const registry = new Registry();
    const metrics = createTenantMetrics(registry);
    metrics.observe('one', status({ Ready: 'True', RouteReady: 'False' }));
    metrics.observe('two', status({ Ready: 'False' }));
    expect(await registry.metrics()).toContain('luna_tenant_condition{tenant="one",condition="Ready"} 1');
    metrics.observe('one', status({ Ready: 'False' }));
    const text = await registry.metrics();
    expect(text).toContain('luna_tenant_condition{tenant="one",condition="Ready"} 0');
    expect(text).not.toContain('RouteReady');
    metrics.forget('one');
    expect(await registry.metrics()).not.toContain('tenant="one"');
    expect(await registry.metrics()).toContain('tenant="two"');
  });
});
