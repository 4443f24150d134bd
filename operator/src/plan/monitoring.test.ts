import { describe, expect, it } from 'vitest';
import { observedFixture, platformFixture, tenantFixture } from '../testing/fixtures.ts';
import { monitoring } from '../status/monitoring.ts';
import type { LunaTenantSpec } from '../tenant.ts';
import { desired, type Facts } from './desired.ts';

type Wish = LunaTenantSpec['monitoring']['serviceMonitor'];

const without: Facts = { apiServer: [], pulling: false, available: new Set() };
const withIt: Facts = { ...without, available: new Set(['ServiceMonitor']) };
const platform = platformFixture({ monitoring: { labels: { release: 'prometheus' }, interval: '15s' } });

function planOf(wish: Wish, facts: Facts): ReturnType<typeof desired> {
  return desired(tenantFixture({ monitoring: { serviceMonitor: wish } }), platform, facts);
}
function monitors(wish: Wish, facts: Facts): ReturnType<typeof desired>[number]['object'][] {
  return planOf(wish, facts).flatMap(({ object }) => (object.kind === 'ServiceMonitor' ? [object] : []));
}

describe('ServiceMonitors', () => {
  it('are planned where the cluster knows them and the tenant does not refuse', () => {
    for (const wish of ['auto', 'enabled'] as const) {
      expect(monitors(wish, without)).toEqual([]);
      expect(monitors(wish, withIt).map(({ metadata }) => metadata.name)).toEqual(['tenant-api', 'qdrant']);
    }
    expect(monitors('disabled', withIt)).toEqual([]);
  });

  it('name a port and labels that a Service of the plan has, and the key that Qdrant asks for', () => {
    const services = planOf('auto', withIt).filter(({ object }) => object.kind === 'Service');
    for (const object of monitors('auto', withIt)) {
      const { selector, endpoints } = object['spec'] as {
        selector: { matchLabels: Record<string, string> };
        endpoints: { port: string; interval: string; authorization?: object }[];
      };
      const chosen = services.filter(({ object: service }) =>
        Object.entries(selector.matchLabels).every(([key, value]) => service.metadata.labels?.[key] === value),
      );
      expect(chosen.map(({ object: service }) => service.metadata.name)).toEqual([object.metadata.name]);
      const { ports } = chosen[0]?.object['spec'] as { ports: { name: string }[] };
      expect(ports.map(({ name }) => name)).toContain(endpoints[0]?.port);
      expect(endpoints[0]?.interval).toBe('15s');
      expect(endpoints[0]?.authorization !== undefined).toBe(object.metadata.name === 'qdrant');
      expect(object.metadata.labels).toMatchObject({ release: 'prometheus', 'luna-iems.io/tenant': 'demo' });
    }
  });
});

describe('MonitoringReady', () => {
  const finding = (wish: Wish, facts: Facts, live: 'live' | 'absent' = 'live'): ReturnType<typeof monitoring> => {
    const planned = planOf(wish, facts);
    const observed = observedFixture(live === 'live' ? planned.map(({ object }) => object) : []);
    return monitoring({ tenant: tenantFixture({ monitoring: { serviceMonitor: wish } }), planned, observed });
  };

  it('says what there is, and is trouble only for who insists', () => {
    expect(finding('disabled', withIt)).toMatchObject({ status: 'True', reason: 'Disabled' });
    expect(finding('auto', withIt)).toMatchObject({ status: 'True', reason: 'InPlace' });
    expect(finding('auto', withIt, 'absent')).toMatchObject({ status: 'False', reason: 'Missing' });
    const absent = finding('auto', without);
    expect(absent).toMatchObject({ status: 'True', reason: 'NotInstalled' });
    expect(absent.trouble).toBeUndefined();
    expect(finding('enabled', without)).toMatchObject({ status: 'False', reason: 'NotInstalled', trouble: true });
  });
});
