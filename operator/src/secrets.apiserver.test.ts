import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { builtinKinds, type KubeObject } from '@luna-iems/kube-runtime';
import { SECRET_NAMES } from './plan/secrets.ts';
import { TENANT_LABEL, lunaTenantKind } from './tenant.ts';
import { startWorld, type World } from './testing/world.ts';

/** Writes between which the operator dies: within the Secrets, right after them, and within what follows. */
const DEATHS = [1, 2, 4, 6, 7, 8, 10];

type Content = Record<string, Record<string, string>>;

describe('the Secrets of a tenant', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(inject('kubeconfig'));
    await world.apply('safe');
    await world.settle('safe');
  });
  afterAll(() => world.stop());

  const ask = (value: string): Promise<void> =>
    world.change('safe', { metadata: { annotations: { 'luna-iems.io/rotate-secrets': value } } });
  /** The marks by which pods restart, of all that has pods. */
  const marks = async (): Promise<Record<string, unknown>> => {
    const lists = await Promise.all(
      (['StatefulSet', 'Deployment'] as const).map((kind) =>
        world.client.list(builtinKinds[kind], { namespace: 'luna-safe' }),
      ),
    );
    return Object.fromEntries(lists.flatMap(({ items }) => items.map((item) => [item.metadata.name, markOf(item)])));
  };
  const markOf = ({ spec }: KubeObject): unknown =>
    (spec as { template: { metadata: { annotations?: Record<string, string> } } }).template.metadata.annotations?.[
      'luna-iems.io/secrets'
    ];
  const jobs = (): Promise<string[]> => world.names('Job', 'luna-safe');
  const changed = (before: Content, after: Content): string[] =>
    SECRET_NAMES.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));

  it('restart the pods that use them when their content changes, and only then', async () => {
    const before = await marks();
    expect(before['postgres']).toBeTruthy();
    const ref = { name: 'qdrant-keys', namespace: 'luna-safe' };
    const label = { metadata: { labels: { note: 'mine' }, annotations: { note: 'mine' } } };
    await world.client.patch(
      builtinKinds.Secret,
      ref,
      { type: 'merge', body: label },
      { fieldManager: 'kubectl-label' },
    );
    await world.idle();
    expect(await marks()).toEqual(before);

    const key = { stringData: { 'api-key': 'set by hand' } };
    await world.client.patch(builtinKinds.Secret, ref, { type: 'merge', body: key }, { fieldManager: 'kubectl-edit' });
    await world.settle('safe');
    const after = await marks();
    const moved = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(moved.sort()).toEqual(['qdrant', 'tenant-api']);
  });

  it('get new content on request, the database first, its roles next, the API last', async () => {
    const [secrets, pods, [job]] = [await world.secrets('luna-safe'), await marks(), await jobs()];
    const mine = { stringData: { customer: '{"key":"luna_x","scopes":["ask"]}' } };
    const keys = { name: 'tenant-api-keys', namespace: 'luna-safe' };
    await world.client.patch(
      builtinKinds.Secret,
      keys,
      { type: 'merge', body: mine },
      { fieldManager: 'kubectl-edit' },
    );
    await ask('first');
    expect(changed(secrets, await world.secrets('luna-safe'))).toEqual([...SECRET_NAMES]);
    const during = await marks();
    expect(during['postgres']).not.toBe(pods['postgres']);
    expect(during['tenant-api']).toBe(pods['tenant-api']);
    expect(await jobs(), 'roles wait for the database').toEqual([]);
    expect(await world.condition('safe', 'Progressing')).toMatchObject({ status: 'True' });
    expect((await world.tenant('safe'))?.status?.secretRotation).toBeUndefined();

    await world.settle('safe');
    const done = await marks();
    expect(done['tenant-api']).not.toBe(pods['tenant-api']);
    expect(await jobs()).not.toContain(job);
    expect(await world.tenant('safe')).toMatchObject({ status: { phase: 'Ready', secretRotation: 'first' } });
    const { customer } = (await world.secrets('luna-safe'))['tenant-api-keys'] ?? {};
    expect(Buffer.from(customer ?? '', 'base64').toString()).toContain('luna_x');
    const writes = world.writes().length;
    await world.poke('safe');
    expect(world.writes().slice(writes)).toEqual([]);
  });

  it.each(DEATHS)('are renewed once each, though the operator dies at write %i', async (dieAtWrite) => {
    const value = `death-${String(dieAtWrite)}`;
    const before = await world.secrets('luna-safe');
    await world.restart({ dieAtWrite });
    await ask(value);
    const atDeath = await world.secrets('luna-safe');
    await world.restart();
    await world.settle('safe');
    const after = await world.secrets('luna-safe');
    expect(changed(before, after)).toEqual([...SECRET_NAMES]);
    for (const name of changed(before, atDeath)) expect(after[name], name).toEqual(atDeath[name]);
    expect((await world.tenant('safe'))?.status?.secretRotation).toBe(value);
    expect(await world.condition('safe', 'Ready')).toMatchObject({ status: 'True' });
  });

  it('are left alone when the request goes away', async () => {
    const before = await world.secrets('luna-safe');
    await world.client.patch(
      lunaTenantKind,
      { name: 'safe' },
      { type: 'merge', body: { metadata: { annotations: { 'luna-iems.io/rotate-secrets': null } } } },
    );
    await world.settle('safe');
    expect(await world.secrets('luna-safe')).toEqual(before);
  });

  it('are found again, with the same content, when their labels were taken off', async () => {
    const [secrets, pods] = [await world.secrets('luna-safe'), await marks()];
    const ref = { name: 'qdrant-keys', namespace: 'luna-safe' };
    const body = { metadata: { labels: null } };
    await world.client.patch(builtinKinds.Secret, ref, { type: 'merge', body }, { fieldManager: 'kubectl-label' });
    await world.settle('safe');
    expect((await world.get('Secret', ref.name, ref.namespace))?.metadata.labels).toHaveProperty(
      [TENANT_LABEL],
      'safe',
    );
    expect(await world.secrets('luna-safe')).toEqual(secrets);
    expect(await marks()).toEqual(pods);
  });

  it('are not replaced by somebody else’s of the same name, and the tenant says so until that is gone', async () => {
    const ref = { name: 'qdrant-keys', namespace: 'luna-safe' };
    const spec = (paused: boolean): Promise<void> => world.change('safe', { spec: { paused } });
    await spec(true);
    await world.client.delete(builtinKinds.Secret, ref);
    const foreign = { apiVersion: 'v1', kind: 'Secret', metadata: ref, stringData: { mine: 'yes' } };
    await world.client.create(foreign, { fieldManager: 'kubectl-create' });
    await spec(false);
    expect(await world.condition('safe', 'Degraded')).toMatchObject({
      status: 'True',
      reason: 'SecretRefused',
      message: expect.stringMatching(
        /Secret luna-safe\/qdrant-keys exists already .* Delete it if nobody needs it/,
      ) as string,
    });
    const found = await world.get('Secret', ref.name, ref.namespace);
    expect(found?.metadata.labels).toBeUndefined();
    expect(Object.keys(found?.['data'] ?? {})).toEqual(['mine']);

    await world.client.delete(builtinKinds.Secret, ref);
    await world.poke('safe');
    await world.settle('safe');
    expect(Object.keys((await world.secrets('luna-safe'))['qdrant-keys'] ?? {})).toContain('api-key');
    expect(await world.condition('safe', 'Degraded')).toMatchObject({ status: 'False' });
  });

  it('needed no right that the chart does not give', () => {
    expect(world.refused()).toEqual([]);
  });
});
