import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { builtinKinds } from '@luna-iems/kube-runtime';
import { lunaTenantKind } from './tenant.ts';
import { startWorld, type World } from './testing/world.ts';

const NAMES = ['roll-a', 'roll-b', 'roll-c'];

describe('a change of the platform', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(inject('kubeconfig'));
    // Tenants of other files on this API server, whose pods nobody reports as ready, would keep their places for ever.
    const { items } = await world.client.list(lunaTenantKind);
    for (const { metadata } of items) await world.change(metadata.name, { spec: { paused: true } });
    for (const name of NAMES) {
      await world.apply(name);
      await world.settle(name);
    }
  });
  afterAll(() => world.stop());

  const image = async (name: string): Promise<string> => {
    const api = await world.get('Deployment', 'tenant-api', `luna-${name}`);
    const { template } = api?.['spec'] as { template: { spec: { containers: { image: string }[] } } };
    return template.spec.containers[0]?.image ?? '';
  };
  const images = (): Promise<string[]> => Promise.all(NAMES.map(image));
  const states = (): Promise<unknown[]> =>
    Promise.all(NAMES.map(async (name) => (await world.tenant(name))?.status?.rollout));
  const upgrade = (tag: string): Promise<void> =>
    world.restart({
      platform: {
        ...world.platform,
        images: { ...world.platform.images, tenantApi: `api:${tag}`, tika: `tika:${tag}` },
        rollout: { maxConcurrent: 1, intervalSeconds: 0 },
      },
    });

  it('reaches one tenant after the other; the others serve, say that they wait, and are repaired meanwhile', async () => {
    const before = await images();
    await upgrade('2');
    await world.idle();
    expect(await states()).toEqual(['Rolling', 'Waiting', 'Waiting']);
    expect(await images(), 'the API waits for its schema, the others for their turn').toEqual(before);
    expect(await world.condition('roll-b', 'UpToDate')).toMatchObject({ status: 'False', reason: 'WaitingForTurn' });
    expect(await world.tenant('roll-b')).toMatchObject({ status: { phase: 'Ready' } });
    expect(await world.condition('roll-b', 'Progressing')).toMatchObject({ status: 'False' });

    const namespace = 'luna-roll-b';
    await world.client.delete(builtinKinds.Service, { name: 'tika', namespace });
    const none = { spec: { replicas: 0 } };
    await world.client.patch(
      builtinKinds.Deployment,
      { name: 'tika', namespace },
      { type: 'merge', body: none },
      { fieldManager: 'kubectl-scale' },
    );
    await world.idle();
    expect(await world.get('Service', 'tika', namespace)).toBeDefined();
    expect((await world.get('Deployment', 'tika', namespace))?.['spec']).toMatchObject({
      replicas: 1,
      template: { spec: { containers: [{ image: expect.not.stringMatching(/^tika:2$/) as string }] } },
    });
    const writes = world.writes().length;
    await world.poke('roll-c');
    expect(world.writes().slice(writes)).toEqual([]);
  });

  it('is not forgotten in a restart, and ends with everybody up to date', async () => {
    await upgrade('2');
    await world.idle();
    expect(await states()).toEqual(['Rolling', 'Waiting', 'Waiting']);
    await world.settle('roll-a');
    expect(await image('roll-a')).toBe('api:2');
    expect(await states()).toEqual([undefined, 'Rolling', 'Waiting']);
    await world.settle('roll-b');
    await world.settle('roll-c');
    expect(await images()).toEqual(['api:2', 'api:2', 'api:2']);
    expect(await states()).toEqual([undefined, undefined, undefined]);
    expect(await world.condition('roll-c', 'UpToDate')).toMatchObject({ status: 'True' });
    expect(await world.tenant('roll-c')).toMatchObject({ status: { phase: 'Ready' } });
  });

  it('does not hold back what a tenant’s own users change', async () => {
    await upgrade('3');
    await world.idle();
    await world.apply('roll-c', { extraction: { resources: { limits: { memory: '3Gi' } } } });
    const tika = await world.get('Deployment', 'tika', 'luna-roll-c');
    expect(JSON.stringify(tika?.['spec'])).toMatch(/3Gi/);
    expect(await states()).toEqual(['Rolling', 'Waiting', 'Rolling']);
    // The one that its users changed has a place of its own, so the waiting one comes last.
    for (const name of ['roll-a', 'roll-c', 'roll-b']) await world.settle(name);
    expect(await images()).toEqual(['api:3', 'api:3', 'api:3']);
  });
});
