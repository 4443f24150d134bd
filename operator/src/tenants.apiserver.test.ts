import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { builtinKinds } from '@luna-iems/kube-runtime';
import { lunaTenantKind } from './tenant.ts';
import { eventually } from './testing/cluster.ts';
import { askNobodyAbout, refuseNamespace } from './testing/refusal.ts';
import { startWorld, type World } from './testing/world.ts';

const UID = 'luna-iems.io/tenant-uid';

describe('the operator and several tenants', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(inject('kubeconfig'));
    await world.apply('red');
    await world.settle('red');
    // What the StatefulSet's controller would have made.
    await world.client.create({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-postgres-0', namespace: 'luna-red', labels: { 'luna-iems.io/tenant': 'red' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
    });
  });
  afterAll(() => world.stop());
  const uidOf = async (name: string): Promise<string> => (await world.tenant(name))?.metadata.uid ?? 'none';
  const annotationsOf = async (name: string): Promise<Record<string, string>> =>
    (await world.namespace(name))?.metadata.annotations ?? {};

  describe('keeps tenants apart', () => {
    it('gives two tenants two of everything', async () => {
      await world.apply('blue');
      await world.settle('blue');
      expect(await world.tenant('blue')).toMatchObject({ status: { phase: 'Ready', namespace: 'luna-blue' } });
      const values = async (namespace: string): Promise<string[]> =>
        Object.values(await world.secrets(namespace)).flatMap((data) =>
          Object.entries(data)
            .filter(([key]) => key !== 'username')
            .map(([, value]) => value),
        );
      const second = new Set(await values('luna-blue'));
      expect((await values('luna-red')).filter((value) => second.has(value))).toEqual([]);
      expect(second.size).toBe(7);
    });

    it('touches no namespace that is not its own, and says so', async () => {
      await world.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'somebodys' } });
      await world.apply('three', { namespace: 'somebodys' });
      expect(await world.tenant('three')).toMatchObject({ status: { phase: 'Blocked' } });
      expect(await world.condition('three', 'Ready')).toMatchObject({
        status: 'False',
        reason: 'NamespaceTaken',
        message: expect.stringMatching(/stays untouched/) as string,
      });
      expect(await world.names('NetworkPolicy', 'somebodys')).toEqual([]);
      await world.apply('four', { namespace: 'luna-blue' });
      expect(await world.condition('four', 'Ready')).toMatchObject({
        message: expect.stringMatching(/belongs to the LunaTenant blue/) as string,
      });
      for (const name of ['three', 'four']) await world.client.delete(lunaTenantKind, { name });
      await world.idle();
      expect(await world.tenant('four')).toBeUndefined();
      expect(
        (await world.client.get(builtinKinds.Namespace, { name: 'luna-blue' }))?.metadata.deletionTimestamp,
      ).toBeUndefined();
      expect(await world.names('StatefulSet', 'luna-blue')).toHaveLength(3);
    });
  });

  describe('says why a namespace cannot be made, and goes on when it can', () => {
    it.each([
      ['five', refuseNamespace, /namespace luna-five .*none of these here/],
      ['six', askNobodyAbout, /namespace luna-six .*failed calling webhook/],
    ] as const)('%s', async (name, refuse, said) => {
      const refusal = await refuse(world, `luna-${name}`);
      await world.apply(name);
      expect(await world.tenant(name)).toMatchObject({ status: { phase: 'Blocked' } });
      expect(await world.condition(name, 'Degraded')).toMatchObject({
        status: 'True',
        reason: 'NamespaceRefused',
        message: expect.stringMatching(said) as string,
      });
      await eventually('the Event', async () => {
        const { items } = await world.client.list(builtinKinds.Event, { namespace: 'default' });
        return items.some((event) => event['reason'] === 'NamespaceRefused');
      });
      await refusal.lift();
      await world.poke(name);
      await world.settle(name);
      expect(await world.tenant(name)).toMatchObject({ status: { phase: 'Ready' } });
      await world.remove(name);
    });
  });

  describe('lets a tenant go', () => {
    it('not while it is protected', async () => {
      await world.apply('blue', { deletionProtection: true, deletionPolicy: 'Delete' });
      await world.remove('blue');
      expect(await world.tenant('blue')).toBeDefined();
      expect(await world.condition('blue', 'DeletionRefused')).toMatchObject({
        status: 'True',
        message: expect.stringMatching(/kubectl patch lunatenant blue/) as string,
      });
      expect((await world.namespace('luna-blue'))?.metadata.deletionTimestamp).toBeUndefined();
      expect(await world.condition('blue', 'Ready')).toMatchObject({ status: 'True' });
      const { items } = await world.client.list(builtinKinds.Event, { namespace: 'default' });
      expect(items.some((event) => event['reason'] === 'DeletionRefused')).toBe(true);
    });

    it('under Delete with its namespace, and only when that is gone', async () => {
      const uid = (await world.namespace('luna-blue'))?.metadata.uid;
      await world.change('blue', { spec: { deletionProtection: false } });
      expect(await world.namespace('luna-blue')).toMatchObject({
        metadata: { uid, deletionTimestamp: expect.any(String) as string },
      });
      expect(await world.tenant('blue')).toMatchObject({ status: { phase: 'Deleting' } });
      expect(await world.condition('blue', 'Ready')).toMatchObject({ reason: 'DeletingNamespace' });

      // The namespace controller's part, and a backup tool's that does not let go.
      const said = 'Some content in the namespace has finalizers remaining: example.io/backup in 1 resource instances';
      const time = '2026-01-02T03:04:05Z';
      const condition = { type: 'NamespaceFinalizersRemaining', status: 'True', reason: 'Some', message: said };
      const body = { status: { conditions: [{ ...condition, lastTransitionTime: time }] } };
      await world.client.patchStatus(builtinKinds.Namespace, { name: 'luna-blue' }, { type: 'merge', body });
      const service = { name: 'qdrant', namespace: 'luna-blue' };
      const hold = { metadata: { finalizers: ['example.io/backup'] } };
      await world.client.patch(builtinKinds.Service, service, { type: 'merge', body: hold });
      await world.client.delete(builtinKinds.Service, service);
      await eventually('the tenant says what it waits for', async () => {
        const { message } = (await world.condition('blue', 'Ready')) ?? { message: '' };
        return message.includes(said) && message.includes('Service qdrant (example.io/backup)');
      });
    });

    it('under Retain without its data, and takes it up again under the same name', async () => {
      const secrets = await world.secrets('luna-red');
      const uid = await uidOf('red');
      await world.remove('red');
      expect(await world.tenant('red')).toBeUndefined();
      expect((await world.namespace('luna-red'))?.metadata).not.toHaveProperty('deletionTimestamp');
      expect(await annotationsOf('luna-red')).toMatchObject({ 'luna-iems.io/retained': 'true', [UID]: uid });
      for (const kind of ['StatefulSet', 'Deployment', 'CronJob', 'Service', 'Job'] as const)
        expect(await world.names(kind, 'luna-red'), kind).toEqual([]);
      expect(await world.names('PersistentVolumeClaim', 'luna-red')).toEqual(['data-postgres-0']);
      expect(await world.names('NetworkPolicy', 'luna-red')).toContain('default-deny');
      expect(await world.secrets('luna-red')).toEqual(secrets);

      await world.apply('red');
      await world.settle('red');
      expect(await world.tenant('red')).toMatchObject({ status: { phase: 'Ready' } });
      const adopted = await annotationsOf('luna-red');
      expect(adopted[UID]).toBe(await uidOf('red'));
      expect(adopted[UID]).not.toBe(uid);
      expect(adopted).not.toHaveProperty(['luna-iems.io/retained']);
      expect(await world.secrets('luna-red')).toEqual(secrets);
    });

    it('leaves a namespace alone whose recorded UID is another', async () => {
      const body = { metadata: { annotations: { [UID]: 'somebody-else' } } };
      await world.change('red', { spec: { deletionPolicy: 'Delete' } });
      await world.change('red', { spec: { paused: true } });
      await world.client.patch(builtinKinds.Namespace, { name: 'luna-red' }, { type: 'merge', body });
      await world.client.delete(lunaTenantKind, { name: 'red' });
      await world.idle();
      expect(await world.tenant('red')).toMatchObject({ status: { phase: 'Paused' } });
      await world.change('red', { spec: { paused: false } });
      expect(await world.tenant('red')).toBeUndefined();
      expect((await world.namespace('luna-red'))?.metadata.deletionTimestamp).toBeUndefined();
      expect(await world.names('StatefulSet', 'luna-red')).toHaveLength(3);
    });
  });
});
