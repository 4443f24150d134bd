import { describe, expect, it } from 'vitest';
import { desired } from '../plan/desired.ts';
import { observedFixture, platformFixture, specFixture, tenantFixture } from '../testing/fixtures.ts';
import { route } from './route.ts';

const httpRoute = { hostnames: ['demo.example.com'], parentRefs: [{ name: 'public', namespace: 'gateways' }] };
const tenant = tenantFixture({ api: { ...specFixture().api, httpRoute } });

function finding(conditions: object[] | undefined, available: 'HTTPRoute'[] = ['HTTPRoute']): unknown {
  const facts = { apiServer: [], pulling: false, available: new Set(available) };
  const planned = desired(tenant, platformFixture(), facts);
  const live = planned
    .filter(({ object }) => object.kind === 'HTTPRoute')
    .map(({ object }) => ({
      ...object,
      status: conditions === undefined ? {} : { parents: [{ parentRef: httpRoute.parentRefs[0], conditions }] },
    }));
  return route({ tenant, planned, observed: observedFixture(live) })[0];
}
const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted', message: '' };

describe('RouteReady', () => {
  it('is not spoken of when no route is asked for', () => {
    expect(route({ tenant: tenantFixture(), planned: [], observed: observedFixture() })).toEqual([]);
  });

  it('says that the Gateway API is missing', () => {
    expect(finding(undefined, [])).toMatchObject({ status: 'False', reason: 'NotInstalled', trouble: true });
  });

  it('waits for the Gateway, passes its refusal on, and holds when it has accepted', () => {
    expect(finding(undefined)).toMatchObject({ status: 'False', reason: 'WaitingForGateway' });
    const refusal = { type: 'Accepted', status: 'False', reason: 'NotAllowedByListeners', message: 'no listener' };
    expect(finding([refusal])).toMatchObject({
      status: 'False',
      reason: 'NotAccepted',
      message: 'Gateway public: NotAllowedByListeners: no listener',
      trouble: true,
    });
    const unresolved = { type: 'ResolvedRefs', status: 'False', reason: 'BackendNotFound', message: 'tenant-api' };
    expect(finding([accepted, unresolved])).toMatchObject({ reason: 'NotAccepted' });
    expect(finding([accepted])).toMatchObject({ status: 'True', reason: 'Accepted' });
  });
});
