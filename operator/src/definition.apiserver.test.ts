import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinKinds, isConditionTrue, type Condition, type KubeObject } from '@luna-iems/kube-runtime';
import { startApiServer, type ApiServer } from '../../hack/apiserver/index.ts';
import { DEFINITION_NAME } from './controller/definition.ts';
import { lunaTenantKind } from './tenant.ts';
import { eventually, renderChart } from './testing/cluster.ts';
import { startWorld, type World } from './testing/world.ts';

const { ClusterRole, CustomResourceDefinition, Event } = builtinKinds;

/** Every tenant of the API server goes with the CRD, so this has one of its own. */
describe('the CRD of the tenants is deleted', () => {
  const tenants = { keeps: 'Retain', wipes: 'Delete', guarded: 'Delete' } as const;
  const names = Object.keys(tenants) as (keyof typeof tenants)[];
  let server: ApiServer;
  let world: World;
  let chart: KubeObject[];
  let before: string[];
  beforeAll(async () => {
    server = await startApiServer();
    world = await startWorld(server.adminKubeconfig);
    chart = await renderChart({ 'images.models': 'luna/models:1' });
    for (const name of names) {
      await world.apply(name, { deletionPolicy: tenants[name] });
      await world.settle(name);
      await world.client.create(claim(name));
    }
    before = await precious();
  });
  afterAll(async () => {
    await world.stop();
    await server.stop();
  });

  const precious = async (): Promise<string[]> => {
    const kinds = [builtinKinds.Namespace, builtinKinds.PersistentVolumeClaim, builtinKinds.Secret];
    const lists = await Promise.all(
      kinds.map((kind) => world.client.list(kind, { labelSelector: 'luna-iems.io/tenant' })),
    );
    return lists
      .flatMap(({ items }) => items)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(
        ({ kind, metadata, data }) =>
          `${kind} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.uid ?? ''} ${JSON.stringify(data)}`,
      )
      .sort();
  };
  const deletionAsked = async (name: string): Promise<boolean> =>
    (await world.namespace(`luna-${name}`))?.metadata.deletionTimestamp !== undefined;
  const definition = (): Promise<KubeObject | undefined> =>
    world.client.get(CustomResourceDefinition, { name: DEFINITION_NAME });
  const eventsOf = async (name: string): Promise<string[]> => {
    const { items } = await world.client.list(Event, { namespace: 'default' });
    return items
      .filter((event) => (event['regarding'] as { name?: string }).name === name)
      .map((event) => `${String(event['reason'])}: ${String(event['note'])}`);
  };

  it('no namespace, volume or Secret goes with it, under Retain or Delete', async () => {
    await world.client.delete(CustomResourceDefinition, { name: DEFINITION_NAME });
    await eventually('the CRD is gone', async () => {
      expect(await precious()).toEqual(before);
      return (await definition()) === undefined;
    });
    await world.idle();
    expect(await precious()).toEqual(before);
    for (const name of names) expect(await world.names('StatefulSet', `luna-${name}`), name).toEqual([]);
    expect(await eventsOf('wipes')).toContainEqual(
      expect.stringMatching(/^NamespaceKept: .*luna-wipes stays in spite of deletionPolicy Delete.*CRD/),
    );
  });

  it('installed again, the same tenants take all of it up', async () => {
    const crd = chart.find(({ kind }) => kind === 'CustomResourceDefinition');
    await world.client.apply(crd as KubeObject, { fieldManager: 'test' });
    await eventually('the CRD is served', async () => {
      const { conditions = [] } = ((await definition())?.['status'] ?? {}) as { conditions?: Condition[] };
      return isConditionTrue(conditions, 'Established');
    });
    for (const name of names) {
      await world.apply(name, { deletionPolicy: tenants[name], deletionProtection: name === 'guarded' });
      await eventually(`${name} is known`, async () => (await world.tenant(name))?.status !== undefined);
      await world.settle(name);
      expect(await world.tenant(name)).toMatchObject({ status: { phase: 'Ready' } });
      expect(await eventsOf(name)).toContainEqual(expect.stringMatching(/^Readopted/));
    }
    expect(await precious()).toEqual(before);
  });

  it('a deletion that somebody asked for waits while nobody can tell, and says so', async () => {
    const role = chart.find(({ kind }) => kind === 'ClusterRole') as KubeObject & {
      rules: { resourceNames?: string[] }[];
    };
    const blind = role.rules.filter(({ resourceNames }) => resourceNames?.includes(DEFINITION_NAME) !== true);
    const may = async (wanted: boolean, rules: unknown[]): Promise<void> => {
      await world.client.patch(ClusterRole, { name: role.metadata.name }, { type: 'merge', body: { rules } });
      await eventually('the right is known', async () => (await mayReadDefinition()) === wanted);
    };
    await may(false, blind);
    await world.client.delete(lunaTenantKind, { name: 'wipes' });
    await eventually('it says what it waits for', async () =>
      ((await world.condition('wipes', 'Ready'))?.message ?? '').includes('is not deleted before it is known'),
    );
    expect(await world.condition('wipes', 'Ready')).toMatchObject({ reason: 'DefinitionUnknown' });
    expect(await deletionAsked('wipes')).toBe(false);
    await may(true, role.rules);
    await eventually('the namespace is deleted', () => deletionAsked('wipes'));
  });

  it('a protected tenant holds the CRD, and serves on', async () => {
    await world.client.delete(CustomResourceDefinition, { name: DEFINITION_NAME });
    await eventually('the tenant says why it stays', async () => {
      return (await world.condition('guarded', 'DeletionRefused'))?.status === 'True';
    });
    await world.idle();
    expect(await definition()).toBeDefined();
    expect(await world.names('StatefulSet', 'luna-guarded')).toHaveLength(3);
    expect(await deletionAsked('guarded')).toBe(false);
  });

  const mayReadDefinition = async (): Promise<boolean> => {
    const resourceAttributes = {
      group: 'apiextensions.k8s.io',
      resource: 'customresourcedefinitions',
      name: DEFINITION_NAME,
      verb: 'get',
    };
    const answer = await world.transport.request<{ status: { allowed: boolean } }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: 'system:serviceaccount:luna-system:luna-operator', resourceAttributes },
      },
    });
    return answer.status.allowed;
  };
});

/** What the StatefulSet's controller would have made. */
function claim(tenant: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data-postgres-0', namespace: `luna-${tenant}`, labels: { 'luna-iems.io/tenant': tenant } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
  };
}
