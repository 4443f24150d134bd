import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { builtinKinds, type KubeObject } from '@luna-iems/kube-runtime';
import { OPTIONAL_KINDS, type OptionalKindName } from './optional-kinds.ts';
import { eventually } from './testing/cluster.ts';
import { optionalCrd } from './testing/optional-crd.ts';
import { startWorld, type World } from './testing/world.ts';

describe('kinds that are installed and removed while the operator runs', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(inject('kubeconfig'));
    await world.apply('late');
    await world.settle('late');
  });
  afterAll(async () => {
    await uninstall('ServiceMonitor');
    await world.stop();
  });

  const install = (name: OptionalKindName): Promise<KubeObject> =>
    world.client.apply(optionalCrd(name), { fieldManager: 'test' });
  const uninstall = (name: OptionalKindName): Promise<boolean> =>
    world.client.delete(builtinKinds.CustomResourceDefinition, { name: optionalCrd(name).metadata.name });
  const names = (name: OptionalKindName): Promise<string[]> =>
    world.client
      .list(OPTIONAL_KINDS[name], { namespace: 'luna-late' })
      .then(({ items }) => items.map(({ metadata }) => metadata.name).sort());
  const untilReason = (reason: string): Promise<void> =>
    eventually(`MonitoringReady says ${reason}`, async () => {
      return (await world.condition('late', 'MonitoringReady'))?.reason === reason;
    });

  it('ServiceMonitors appear with their CRD, are repaired, go when they are unwanted, and the CRD may go again', async () => {
    expect(await world.condition('late', 'MonitoringReady')).toMatchObject({ status: 'True', reason: 'NotInstalled' });
    await install('ServiceMonitor');
    await untilReason('InPlace');
    expect(await names('ServiceMonitor')).toEqual(['qdrant', 'tenant-api']);

    await world.client.delete(OPTIONAL_KINDS.ServiceMonitor, { name: 'qdrant', namespace: 'luna-late' });
    await eventually('the deleted one is back', async () => (await names('ServiceMonitor')).length === 2);

    await world.apply('late', { monitoring: { serviceMonitor: 'disabled' } });
    expect(await names('ServiceMonitor')).toEqual([]);
    expect(await world.condition('late', 'MonitoringReady')).toMatchObject({ reason: 'Disabled' });
    await world.apply('late', { monitoring: { serviceMonitor: 'enabled' } });
    await untilReason('InPlace');

    await uninstall('ServiceMonitor');
    await untilReason('NotInstalled');
    expect(await world.tenant('late')).toMatchObject({ status: { phase: 'Degraded' } });
    expect(await world.condition('late', 'Ready')).toMatchObject({ status: 'True' });

    await install('ServiceMonitor');
    await untilReason('InPlace');
    expect(await world.tenant('late')).toMatchObject({ status: { phase: 'Ready' } });
    await world.idle();
    const before = world.writes().length;
    await world.poke('late');
    expect(world.writes().slice(before)).toEqual([]);
    expect(world.refused()).toEqual([]);
  });

  it('an HTTPRoute appears with the Gateway API, says what the Gateway says, and goes with the wish for it', async () => {
    const httpRoute = { hostnames: ['late.example.com'], parentRefs: [{ name: 'public', namespace: 'gateways' }] };
    const reason = async (): Promise<string | undefined> => (await world.condition('late', 'RouteReady'))?.reason;
    await world.apply('late', { api: { replicas: 1, httpRoute } });
    expect(await reason()).toBe('NotInstalled');
    await install('HTTPRoute');
    await eventually('the route is there', async () => (await reason()) === 'WaitingForGateway');
    const live = await world.client.get(OPTIONAL_KINDS.HTTPRoute, { name: 'tenant-api', namespace: 'luna-late' });
    expect(live?.['spec']).toMatchObject({
      ...httpRoute,
      rules: [{ backendRefs: [{ name: 'tenant-api', port: 80 }] }],
    });
    const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'ok' };
    await world.client.patchStatus(
      OPTIONAL_KINDS.HTTPRoute,
      { name: 'tenant-api', namespace: 'luna-late' },
      {
        type: 'merge',
        body: { status: { parents: [{ parentRef: httpRoute.parentRefs[0], conditions: [accepted] }] } },
      },
    );
    await eventually('the route is accepted', async () => (await reason()) === 'Accepted');
    expect(await world.tenant('late')).toMatchObject({
      status: { phase: 'Ready', endpoints: { external: 'https://late.example.com' } },
    });
    await world.apply('late');
    expect(await names('HTTPRoute')).toEqual([]);
    expect(await reason()).toBeUndefined();
    await uninstall('HTTPRoute');
  });

  it('is not mistaken at a start: with everything in place nothing is written', async () => {
    await world.restart();
    await world.idle();
    expect(world.writes()).toEqual([]);
  });
});
