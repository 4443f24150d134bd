import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { builtinKinds, type KubeObject } from '@luna-iems/kube-runtime';
import { OWN_KINDS } from './controller/observer.ts';
import { HASH_ANNOTATION } from './tenant.ts';
import { bindClaim } from './testing/claims.ts';
import { startWorld, type World } from './testing/world.ts';

/** Writes between which the operator dies, from the first to the last of a tenant's creation. */
const DEATHS = [1, 2, 3, 5, 9, 14, 20, 26, 33, 40];
/** With all that a tenant may have of its own. */
const SPEC = { objectStore: { enabled: true, storage: { size: '10Gi' } } };

describe('an operator that dies between two writes', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(inject('kubeconfig'));
  });
  afterAll(() => world.stop());

  /** Everything of a tenant, by kind and name, with the hash of what was applied, freed of the tenant's own name. */
  const inventory = async (tenant: string): Promise<string[]> => {
    const lists = await Promise.all(
      [...OWN_KINDS, 'Secret' as const].map((kind) =>
        world.client.list(builtinKinds[kind], { labelSelector: `luna-iems.io/tenant=${tenant}` }),
      ),
    );
    return lists.flatMap(({ items }) => items.map(describeObject)).sort();
  };
  const describeObject = ({ kind, metadata, spec }: KubeObject): string => {
    const applied = metadata.annotations?.[HASH_ANNOTATION] === undefined ? 'made once' : 'applied';
    const { replicas } = (spec ?? {}) as { replicas?: number };
    const name = kind === 'Job' ? metadata.name.replace(/-.*/, '') : metadata.name;
    return `${kind} ${name} ${applied} ${String(replicas ?? '')}`;
  };

  it('leaves nothing that its successor does not bring to the same end', async () => {
    await world.apply('whole', SPEC);
    await world.settle('whole');
    const reference = await inventory('whole');
    expect(reference.length).toBeGreaterThanOrEqual(40);
    for (const dieAtWrite of DEATHS) {
      const name = `dead-${String(dieAtWrite)}`;
      await world.restart({ dieAtWrite });
      await world.apply(name, SPEC);
      expect(world.writes().length, `writes before death ${name}`).toBe(dieAtWrite - 1);
      const secrets = await world.secrets(`luna-${name}`);
      await world.restart();
      await world.settle(name);
      expect(await inventory(name), name).toEqual(reference);
      expect(await world.tenant(name), name).toMatchObject({ status: { phase: 'Ready' } });
      expect(await world.secrets(`luna-${name}`), `${name}: what was made before stays`).toMatchObject(secrets);
    }
    const before = world.writes().length;
    await world.poke('dead-5');
    expect(world.writes().slice(before)).toEqual([]);
  });

  it('finishes the growth of a volume that it began, whichever step it died at', async () => {
    const ref = { name: 'data-postgres-0', namespace: 'luna-whole' };
    const labels = { 'luna-iems.io/tenant': 'whole', 'app.kubernetes.io/name': 'postgres' };
    const storage = (size: string): object => ({ resources: { requests: { storage: size } } });
    await bindClaim(world.client, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { ...ref, labels },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'growing', ...storage('10Gi') },
    });
    const sizes = ['11Gi', '12Gi', '13Gi', '14Gi'];
    for (const [index, size] of sizes.entries()) {
      await world.restart({ dieAtWrite: index + 1 });
      await world.apply('whole', { ...SPEC, database: { storage: { size } } });
      await world.restart();
      await world.idle();
      // The garbage collector's part, when the StatefulSet waits for it.
      const set = await world.get('StatefulSet', 'postgres', 'luna-whole');
      if (set?.metadata.finalizers !== undefined) {
        const body = { metadata: { finalizers: null } };
        const postgres = { name: 'postgres', namespace: 'luna-whole' };
        await world.client.patch(builtinKinds.StatefulSet, postgres, { type: 'merge', body });
      }
      await world.settle('whole');
      const claim = await world.client.get(builtinKinds.PersistentVolumeClaim, ref);
      expect(claim?.['spec'], size).toMatchObject(storage(size));
      const anew = await world.get('StatefulSet', 'postgres', 'luna-whole');
      expect(JSON.stringify(anew?.['spec']), size).toContain(`"storage":"${size}"`);
      expect(await world.tenant('whole'), size).toMatchObject({ status: { phase: 'Ready' } });
    }
  });

  it('finishes a retained deletion that it began', async () => {
    const whole = await world.secrets('luna-whole');
    for (const dieAtWrite of [1, 2, 3, 8]) {
      await world.restart({ dieAtWrite });
      await world.remove('whole');
      expect(await world.tenant('whole'), `died at write ${String(dieAtWrite)}`).toBeDefined();
    }
    await world.restart();
    await world.idle();
    expect(await world.tenant('whole')).toBeUndefined();
    expect(await world.names('StatefulSet', 'luna-whole')).toEqual([]);
    expect((await world.namespace('luna-whole'))?.metadata.annotations).toMatchObject({
      'luna-iems.io/retained': 'true',
    });
    expect(await world.secrets('luna-whole')).toEqual(whole);
  });
});
