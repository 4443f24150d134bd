import { builtinKinds, type Client, type SeenCall } from '@luna-iems/kube-runtime';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { DEFINITION_NAME } from '../src/controller/definition.ts';
import { eventually } from '../src/testing/cluster.ts';
import { nameOf } from './calls.ts';
import { crew, pass, type Context } from './context.ts';
import type { Lab } from './lab.ts';
import { differences, readStates } from './oracle.ts';
import { rename } from './row-watch-loss.ts';
import { bySize } from './seed.ts';

/** X1 and P1: the CRD goes and comes back, the chart likewise; a change overtakes a backlog. */
export function platformRow(context: Context): void {
  const { lab } = context;
  describe('X1: what must outlive the operator', () => {
    afterEach(() => lab().killAll());
    afterAll(() => lab().wipe());
    const names = crew('outlive', 4);
    /** Every other one may be deleted with all its data, if its user wants that. */
    const apply = (name: string): Promise<void> =>
      lab().apply(name, { deletionPolicy: names.indexOf(name) % 2 === 0 ? 'Retain' : 'Delete' });

    it('helm uninstall and install: nobody’s objects change', async () => {
      const first = await lab().run();
      await Promise.all(names.map(apply));
      await lab().converge(first, names);
      await first.stop();
      const before = await readStates(lab().client);
      const precious = await uids(lab().client);
      await uninstall(lab());
      expect(await uids(lab().client), 'after the uninstallation').toEqual(precious);
      await lab().installChart();
      const second = await lab().run();
      await second.idle();
      expect(second.calls.writes.map(nameOf), 'writes after the installation').toEqual([]);
      await second.stop();
      const after = await readStates(lab().client);
      const failures = names.flatMap((name) =>
        differences(before.get(name) ?? {}, after.get(name) ?? {}).map((text) => `${name}: ${text}`),
      );
      pass(context, { id: 'X1', what: 'tenants over helm uninstall and install', tried: names.length, failures });
    });

    it('CRD deleted and re-installed: no namespace, claim or Secret is lost', async () => {
      const precious = await uids(lab().client);
      expect(precious.length).toBeGreaterThan(names.length * 8);
      const running = await lab().run();
      await lab().client.delete(builtinKinds.CustomResourceDefinition, { name: DEFINITION_NAME });
      await eventually('the CRD is gone', async () => {
        expect(await uids(lab().client), 'while the CRD goes').toEqual(precious);
        return (await lab().client.get(builtinKinds.CustomResourceDefinition, { name: DEFINITION_NAME })) === undefined;
      });
      await running.idle();
      expect(await uids(lab().client), 'while there is no CRD').toEqual(precious);
      await running.stop();
      await lab().installChart();
      const again = await lab().run();
      await Promise.all(names.map(apply));
      await lab().converge(again, names);
      await again.stop();
      expect(await uids(lab().client), 'after it came back').toEqual(precious);
      pass(context, {
        id: 'X1',
        what: 'tenants over a lost CRD',
        tried: names.length,
        note: 'half of them under deletionPolicy Delete',
      });
    });

    it('P1: a change amid a backlog is not last in line', async () => {
      const crowd = crew('crowd', bySize({ quick: 40, full: 200, all: 200 }));
      const [first = ''] = names;
      const platform = { controller: { ...lab().platform.controller, concurrency: 2 } };
      // Made while no operator runs, so that the next one starts with all of them before it.
      await Promise.all(crowd.map((name) => lab().apply(name)));
      const busy = await lab().run({ platform });
      await rename(lab(), first, 'in a hurry');
      await eventually('the change is applied', async () => {
        const ref = { name: 'tenant-api', namespace: `luna-${first}` };
        const api = await lab().client.get(builtinKinds.Deployment, ref);
        return (api?.['spec'] as { replicas?: number } | undefined)?.replicas === 2;
      });
      const isServed = ({ scope }: SeenCall): boolean => crowd.includes(scope);
      const before = new Set(busy.calls.writes.filter(isServed).map(({ scope }) => scope)).size;
      await busy.kill();
      pass(context, {
        id: 'P1',
        what: 'a change amid a backlog',
        tried: 1,
        failures: before < crowd.length ? [] : [`${first}: waited for ${String(before)} others`],
        note: `${String(before)} of ${String(crowd.length)} were begun before it was applied`,
      });
    });
  });
}

/** Namespaces, claims and Secrets of all tenants, as what they are and not only by name. */
async function uids(client: Client): Promise<string[]> {
  const kinds = [builtinKinds.Namespace, builtinKinds.PersistentVolumeClaim, builtinKinds.Secret];
  const lists = await Promise.all(kinds.map((kind) => client.list(kind, { labelSelector: 'luna-iems.io/tenant' })));
  return lists
    .flatMap(({ items }) => items)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ kind, metadata, data }) => `${kind} ${metadata.name} ${metadata.uid ?? ''} ${JSON.stringify(data ?? null)}`)
    .sort();
}

/** Takes away what Helm would: everything but what says `keep`. */
async function uninstall({ client, chart }: Lab): Promise<void> {
  for (const object of chart) {
    if (object.metadata.annotations?.['helm.sh/resource-policy'] === 'keep') continue;
    const { name, namespace } = object.metadata;
    await client.delete(client.kindOf(object), { name, namespace });
  }
}
