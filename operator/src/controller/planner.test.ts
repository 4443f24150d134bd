import { describe, expect, it } from 'vitest';
import { desired, type Facts } from '../plan/desired.ts';
import { platformFixture, tenantFixture } from '../testing/fixtures.ts';
import type { LunaTenant } from '../tenant.ts';
import { createPlanner } from './planner.ts';

const platform = platformFixture({ inherit: { labels: ['team'], annotations: ['note'] } });
const facts: Facts = { apiServer: [{ address: '192.0.2.1', port: 6443 }], pulling: false };

describe('createPlanner', () => {
  it('gives the same objects while only what no plan depends on changes', () => {
    const plan = createPlanner(platform);
    const first = plan(tenantFixture(), { ...facts });
    const later = { ...tenantFixture({}, { resourceVersion: '7' }), status: { phase: 'Ready' } } as LunaTenant;
    expect(plan(later, { ...facts, apiServer: [...facts.apiServer] })).toBe(first);
    expect(first).toEqual(desired(tenantFixture(), platform, facts));
  });

  const changes: Record<string, [LunaTenant, Facts]> = {
    'the spec': [tenantFixture({ api: { replicas: 2 } }), facts],
    'the UID': [tenantFixture({}, { uid: 'another' }), facts],
    'a label that is passed on': [tenantFixture({}, { labels: { team: 'red' } }), facts],
    'an annotation that is passed on': [tenantFixture({}, { annotations: { note: 'x' } }), facts],
    'the API server': [tenantFixture(), { ...facts, apiServer: [] }],
    'a pull': [tenantFixture({ models: { ...tenantFixture().spec.models } }), { ...facts, pulling: true }],
    'a new kind': [tenantFixture(), { ...facts, available: new Set(['ServiceMonitor'] as const) }],
    'the content of a Secret': [tenantFixture(), { ...facts, secrets: { 'postgres-api': 'v2' } }],
  };
  it.each(Object.entries(changes))('plans anew when %s changes', (_what, [tenant, given]) => {
    const plan = createPlanner(platform);
    const first = plan(tenantFixture(), facts);
    const second = plan(tenant, given);
    expect(second).not.toBe(first);
    expect(second).toEqual(desired(tenant, platform, given));
  });

  it('forgets the tenants that it was not asked about for long', () => {
    const plan = createPlanner(platform);
    const first = plan(tenantFixture(), facts);
    for (let i = 0; i < 31; i += 1) plan(tenantFixture({}, { name: `other-${String(i)}` }), facts);
    expect(plan(tenantFixture(), facts)).toBe(first);
    for (let i = 0; i < 32; i += 1) plan(tenantFixture({}, { name: `other-${String(i)}` }), facts);
    expect(plan(tenantFixture(), facts)).not.toBe(first);
  });
});
