import { KubeError, type Applier, type Client, type KubeObject, type PruneScope } from '@luna-iems/kube-runtime';
import { describe, expect, it } from 'vitest';
import { desired } from '../plan/desired.ts';
import type { Planned } from '../plan/meta.ts';
import { observedFixture, platformFixture, rolledOutFixture, tenantFixture } from '../testing/fixtures.ts';
import type { LunaTenant } from '../tenant.ts';
import { applyPlan } from './apply-plan.ts';

const planOf = (tenant: LunaTenant): Planned[] => desired(tenant, platformFixture(), { apiServer: [], pulling: false });
const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name}`;
const isPostgres = (object: KubeObject): boolean => nameOf(object) === 'StatefulSet postgres';

/** One pass over a plan. `answer`: what the server makes of an object; `refuse`: whether it refuses to change a claim. */
async function onePass(
  world: readonly KubeObject[],
  {
    tenant = tenantFixture(),
    answer = rolledOutFixture,
    refuse = false,
  }: { tenant?: LunaTenant; answer?: (object: KubeObject) => KubeObject; refuse?: boolean } = {},
) {
  const applied: KubeObject[] = [];
  const deleted: string[] = [];
  const pruned: PruneScope[] = [];
  const applier = {
    apply: (object: KubeObject) => {
      applied.push(object);
      return Promise.resolve({ result: 'configured', object: answer(object) });
    },
    prune: (_keep: unknown, scope: PruneScope) => {
      pruned.push(scope);
      return Promise.resolve([]);
    },
  } as unknown as Applier;
  const client = {
    patch: () =>
      refuse
        ? Promise.reject(new KubeError('the StorageClass cannot grow', { code: 'KUBE_FORBIDDEN', status: 403 }))
        : Promise.resolve({}),
    delete: (kind: { kind: string }, { name }: { name: string }) => {
      deleted.push(`${kind.kind} ${name}`);
      return Promise.resolve(true);
    },
  } as unknown as Client;
  const outcome = await applyPlan(
    { client, applier, now: () => 0 },
    { tenant, planned: planOf(tenant), observed: observedFixture(world), signal: new AbortController().signal },
  );
  return { outcome, applied, names: applied.map(nameOf), deleted, pruned };
}

/** Everything that the plan holds, running. */
const running = (tenant = tenantFixture()): KubeObject[] =>
  planOf(tenant).map(({ object }) => rolledOutFixture(object));
const claim: KubeObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data-postgres-0', namespace: 'luna-demo' },
  spec: { resources: { requests: { storage: '10Gi' } } },
};
const sizeOf = (object: KubeObject | undefined): unknown =>
  (object?.['spec'] as { volumeClaimTemplates: { spec: object }[] } | undefined)?.volumeClaimTemplates[0]?.spec;
const grown = tenantFixture({ database: { storage: { size: '20Gi' } } });

describe('applyPlan', () => {
  it('gives a view that holds what it has just written', async () => {
    const { outcome, names } = await onePass([]);
    expect(names).toContain('StatefulSet postgres');
    expect(outcome.observed.find('StatefulSet', 'postgres')).toBeDefined();
    expect(outcome.observed.list('NetworkPolicy').length).toBeGreaterThan(3);
  });

  it('closes a gate for what comes later in the same pass', async () => {
    const world = running().filter(({ kind }) => kind !== 'Job');
    expect((await onePass(world)).names.some((name) => name.startsWith('Job schema-'))).toBe(true);
    // The server has given the database another generation, which its controller has not seen yet.
    const answer = (object: KubeObject): KubeObject =>
      isPostgres(object)
        ? { ...object, metadata: { ...object.metadata, generation: 2 }, status: { observedGeneration: 1 } }
        : rolledOutFixture(object);
    expect((await onePass(world, { answer })).names.filter((name) => name.startsWith('Job'))).toEqual([]);
  });

  it('lets a volume grow by its claim, then by the StatefulSet made anew, and looks again soon', async () => {
    const { outcome, names, deleted } = await onePass([...running(), claim], { tenant: grown });
    expect(deleted).toEqual(['StatefulSet postgres']);
    expect(names).not.toContain('StatefulSet postgres');
    expect(outcome).toMatchObject({ failure: undefined, errors: [], againAfterMs: 2000 });
  });

  it('tells of a growth that is refused, keeps the StatefulSet, and lets all else of it change', async () => {
    const { outcome, applied, names, deleted, pruned } = await onePass([...running(), claim], {
      tenant: grown,
      refuse: true,
    });
    expect(deleted).toEqual([]);
    expect(sizeOf(applied.find(isPostgres))).toMatchObject({ resources: { requests: { storage: '10Gi' } } });
    expect(names).toContain('Deployment tenant-api');
    expect(outcome.errors).toHaveLength(1);
    expect(outcome.failure).toMatch(/StatefulSet postgres could not be written: .*the StorageClass cannot grow/);
    expect(pruned, 'nothing is taken away in a pass that failed').toEqual([]);
  });
});
