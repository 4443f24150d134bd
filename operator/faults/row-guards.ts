import { KubeError, type Client, type Fault, type KubeObject, type KubeResource } from '@luna-iems/kube-runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { HASH_ANNOTATION, FINALIZER } from '../src/tenant.ts';
import { createDice } from './seed.ts';
import { recklessDeletes } from './calls.ts';
import { crew, pass, type Context } from './context.ts';
import type { Lab } from './lab.ts';
import { journey } from './row-stale.ts';
import type { Running } from './running.ts';
import { create, grow, retain } from './steps.ts';
import { recordReference, sweep } from './sweep.ts';

/**
 * The suite can fail: each guard is taken away through the client that the operator is given, and the oracle must complain. A guard
 * whose absence nobody notices would be no guard, or its test none.
 */
export function guardsRow(context: Context): void {
  const { lab } = context;
  describe('the suite notices a missing guard', () => {
    afterEach(async () => {
      lab().hands.orders.holds = () => false;
      await lab().wipe();
    });
    const noticed = (what: string): void =>
      pass(context, { id: 'guard', what: `noticed when missing: ${what}`, tried: 1 });

    it('UID preconditions of deletions', async () => {
      const wrap = (client: Client): Client => ({
        ...client,
        delete: (kind, ref, { uid: _uid, ...options } = {}) => client.delete(kind, ref, options),
      });
      const names = crew('nouid', 2);
      const complaints = await journey(
        lab(),
        { before: [create], after: [grow], only: /statefulsets/ },
        { names, wrap },
      );
      expect(complaints.join('\n')).toMatch(/without a UID|is another now/);
      noticed('UID preconditions');
    });

    it('Secrets are made once', async () => {
      const overwrite = async (secret: KubeResource): Promise<KubeResource> =>
        lab().client.apply(secret, { fieldManager: 'careless' });
      const wrap = (client: Client): Client => ({
        ...client,
        create: async (object, options) =>
          object.kind === 'Secret' ? ((await overwrite(object)) as typeof object) : client.create(object, options),
      });
      const complaints = await journey(
        lab(),
        { before: [], after: [create], only: /secrets/ },
        { names: crew('rekey', 1), wrap },
      );
      expect(complaints.join('\n')).toMatch(/Secret postgres-owner .* is another now/);
      noticed('create-once of Secrets');
    });

    it('comparing before writing', async () => {
      const [name = ''] = crew('blind', 1);
      // Neither what is read nor what is answered to a write carries the mark that comparing begins with.
      const wrap = (client: Client): Client => ({
        ...client,
        create: async (object, options) => withoutHash(await client.create(object, options)),
        apply: async (object, options) => withoutHash(await client.apply(object, options)),
      });
      const seeing = await lab().run();
      await lab().apply(name);
      await lab().converge(seeing, [name], create.done);
      expect(await looksAgain(seeing, name), 'with the guard').toBe(0);
      await seeing.stop();
      const blind = await lab().run({
        wrap,
        tamper: {
          page: (_request, page) => ({ ...page, items: (page.items ?? []).map(withoutHash) }),
          event: (_request, event) => [{ ...event, object: withoutHash(event.object) }],
        },
      });
      await blind.idle();
      expect(await looksAgain(blind, name), 'without it').toBeGreaterThan(20);
      await blind.stop();
      noticed('compare before write');
    });

    it('gates', async () => {
      const [name = ''] = crew('gate', 1);
      lab().hands.orders.holds = ({ kind }) => kind === 'Job';
      const early = async (lies: boolean): Promise<string[]> => {
        const finished = { conditions: [{ type: 'Complete', status: 'True' }] };
        const lie = (object: KubeObject): KubeObject =>
          lies && isJob(object) ? { ...object, status: finished } : object;
        const running = await lab().run({
          tamper: {
            page: (_request, page) => ({ ...page, items: (page.items ?? []).map(lie) }),
            event: (_request, event) => [{ ...event, object: lie(event.object) }],
          },
        });
        await lab().apply(name);
        for (let look = 0; look < 4; look += 1) {
          await running.idle();
          await lab().hands.idle();
        }
        await running.stop();
        return behindGate(lab(), name);
      };
      expect(await early(false), 'with the gate').toEqual([]);
      expect(await early(true), 'without it').not.toEqual([]);
      noticed('the schema gate');
    });

    it('the finalizer', async () => {
      const [reference = '', name = ''] = crew('fin', 2);
      const careless = (client: Client): Client => ({
        ...client,
        patch: async (kind, ref, patch, options) => {
          if (patch.type === 'json' && JSON.stringify(patch.operations).includes(FINALIZER))
            return { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...ref } } as never;
          return client.patch(kind, ref, patch, options);
        },
      });
      await recordReference(lab(), { step: create, platform: {} }, reference);
      const told = await recordReference(lab(), { step: retain, platform: {} }, reference);
      const running = await lab().run({ wrap: careless });
      await lab().apply(name);
      await lab().converge(running, [name], create.done);
      await running.stop();
      const fault: Fault = { kind: 'refuse', error: new KubeError('none', { code: 'KUBE_SERVER' }) };
      const injections = [{ tenant: name, at: 'never', fault, label: 'no finalizer' }];
      const outcome = await sweep(
        lab(),
        { step: retain, platform: {} },
        { reference: told, injections, restart: false, wrap: careless },
      );
      expect(outcome.failures.join('\n')).toMatch(/nothing expected/);
      noticed('the finalizer');
    });

    it('one seed gives one plan', () => {
      const plan = (seed: number): number[] => createDice(seed).sample([...Array(100).keys()], 10);
      expect(plan(7)).toEqual(plan(7));
      expect(plan(7)).not.toEqual(plan(8));
      expect(recklessDeletes([])).toEqual([]);
    });
  });
}

/** How much is written when a tenant is looked at for no reason. */
async function looksAgain(running: Running, name: string): Promise<number> {
  await running.idle();
  const from = running.calls.writes.length;
  running.controller.enqueue(name);
  await running.idle();
  return running.calls.writes.length - from;
}

/** Objects of lists carry no kind. */
const isJob = ({ spec }: KubeObject): boolean =>
  (spec as { backoffLimit?: number } | undefined)?.backoffLimit !== undefined;

function withoutHash<T extends KubeResource>(object: T): T {
  const { [HASH_ANNOTATION]: _hash, ...annotations } = object.metadata.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** What stands behind the schema gate. */
async function behindGate({ client }: Lab, tenant: string): Promise<string[]> {
  const namespace = `luna-${tenant}`;
  const kinds = [
    { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
    { apiVersion: 'batch/v1', kind: 'CronJob', plural: 'cronjobs', namespaced: true },
  ];
  const lists = await Promise.all(kinds.map((kind) => client.list(kind, { namespace })));
  return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.name)).filter((name) => name !== 'tika');
}
