import { afterEach, describe, expect, it } from 'vitest';
import { hasCode } from '@luna-iems/kube-runtime';
import { lunaTenantKind, type LunaTenant, type LunaTenantSpec } from '../src/tenant.ts';
import { tenantObject } from '../src/testing/cluster.ts';
import { GROWN, IMPOSSIBLE, diagnose } from './ailments.ts';
import { crew, pass, type Context } from './context.ts';
import { ACTS } from './field-acts.ts';
import { EXPECTATIONS, merge, nest, specFields, type Expectation } from './fields.ts';
import { hasPhase, isReady, type Done, type Lab } from './lab.ts';
import { differences, readStates, type State } from './oracle.ts';
import { bySize, type Dice } from './seed.ts';

const patch = async ({ client }: Lab, name: string, spec: object): Promise<void> =>
  void (await client.patch(lunaTenantKind, { name }, { type: 'merge', body: { spec } }));
const specOf = (change: object): Partial<LunaTenantSpec> => merge(tenantObject('any').spec, change);
const changeOf = (path: string, { value, with: also = {} }: Expectation): object => merge(also, nest(path, value));

/** A1 to A4: what users write into a LunaTenant, sense and nonsense. */
export function specRow(context: Context): void {
  const { lab, dice, again } = context;
  describe('A: what users write', () => {
    const seen = Object.entries(EXPECTATIONS).filter(([, { acts, nowhere }]) => !acts && nowhere === undefined);
    afterEach(async () => {
      lab().hands.orders.illness = () => undefined;
      await lab().wipe();
    });

    it('A1: every field of the CRD has its place', async () => {
      const fields = await specFields();
      const paths = new Set(fields.map(({ path }) => path));
      expect(
        [...paths].filter((path) => EXPECTATIONS[path] === undefined),
        'fields without an expectation',
      ).toEqual([]);
      expect(
        Object.keys(EXPECTATIONS).filter((path) => !paths.has(path)),
        'expectations without a field',
      ).toEqual([]);
      const acting = Object.entries(EXPECTATIONS).filter(([, { acts }]) => acts);
      expect(acting.map(([path]) => path).sort()).toEqual(Object.keys(ACTS).sort());
    });

    it('A1: a field that is changed is read in the children', async () => {
      const chosen = dice('A1').sample(seen, bySize({ quick: 10, full: seen.length, all: seen.length }));
      const names = crew('field', chosen.length);
      const running = await lab().run();
      await Promise.all(
        chosen.map(([path, told], index) =>
          lab().apply(names[index] ?? '', told.atCreation ? specOf(changeOf(path, told)) : {}),
        ),
      );
      await lab().converge(running, names);
      await Promise.all(
        chosen.map(async ([path, told], index) => patch(lab(), names[index] ?? '', changeOf(path, told))),
      );
      await lab().converge(running, names, (tenant) => {
        const told = chosen[names.indexOf(tenant?.metadata.name ?? '')]?.[1];
        return hasPhase(told?.phase ?? 'Ready')(tenant);
      });
      await running.stop();
      const states = await readStates(lab().client);
      const failures = chosen.flatMap(([path, told], index) =>
        unseen(path, told, states.get(names[index] ?? '') ?? {}),
      );
      pass(context, {
        id: 'A1',
        what: 'fields changed and read back in the children',
        tried: chosen.length,
        failures,
        note: `${String(chosen.length)} of ${String(seen.length)}`,
      });
    });

    it('A1: a field that no child shows is read in what the operator does', async () => {
      const acting = Object.keys(ACTS);
      const names = crew('act', acting.length);
      const running = await lab().run();
      const told = acting.map((path) => EXPECTATIONS[path] ?? { value: undefined });
      await Promise.all(
        acting.map((path, index) =>
          lab().apply(names[index] ?? '', specOf(changeOf(path, told[index] ?? { value: 0 }))),
        ),
      );
      await lab().converge(running, names, (tenant) =>
        hasPhase(told[names.indexOf(tenant?.metadata.name ?? '')]?.phase ?? 'Ready')(tenant),
      );
      const failures: string[] = [];
      for (const [index, path] of acting.entries()) {
        const wrong = (await ACTS[path]?.({ lab: lab(), running, name: names[index] ?? '' })) ?? [];
        failures.push(...wrong.map((text) => `${path}: ${text}`));
      }
      await running.stop();
      pass(context, { id: 'A1', what: 'fields read in what the operator does', tried: acting.length, failures });
    });

    it('A2: the way to a spec does not matter', async () => {
      const roll = dice('A2');
      const walkers = crew('walk', bySize({ quick: 2, full: 8, all: 24 }));
      const fresh = crew('fresh', walkers.length);
      const running = await lab().run();
      await Promise.all(walkers.map((name) => lab().apply(name)));
      await lab().converge(running, walkers);
      const ends = walkers.map(() => ({}));
      for (let step = 0; step < 6; step += 1) {
        // Rolled before anything is sent, so that a seed gives the same walk however the calls overlap.
        const moves = walkers.map(() => ({ field: roll.pick(steppable(seen)), back: step < 5 && roll.next() < 0.3 }));
        await Promise.all(
          walkers.map(async (name, index) => {
            const { field, back = false } = moves[index] ?? {};
            if (field === undefined) return;
            const change = changeOf(...field);
            const before = ends[index] ?? {};
            ends[index] = back ? before : merge(before, change);
            await patch(lab(), name, change);
            // Undone at once, so that the operator may see both, one or none of the two.
            if (back) await restore(lab(), name, specOf(before));
          }),
        );
        if (roll.next() < 0.5) await running.idle();
      }
      await Promise.all(fresh.map((name, index) => lab().apply(name, specOf(ends[index] ?? {}))));
      await lab().converge(running, [...walkers, ...fresh]);
      await running.stop();
      const states = await readStates(lab().client);
      const failures = walkers.flatMap((name, index) =>
        differences(states.get(fresh[index] ?? '') ?? {}, states.get(name) ?? {}).map((text) => `${name}: ${text}`),
      );
      pass(context, {
        id: 'A2',
        what: 'random walks that ended like a fresh start',
        tried: walkers.length,
        failures,
        note: `${String(walkers.length * 6)} changes`,
      });
    });

    it('A3: an impossible request is named, hurts nobody else, and can be taken back', async () => {
      const cases = Object.values(IMPOSSIBLE);
      const [healthy = '', twin = '', ...patients] = crew('ill', cases.length + 2);
      const names = [healthy, twin, ...patients];
      const full = new Set<string>();
      lab().hands.orders.illness = (workload) => diagnose(workload, full);
      const running = await lab().run();
      await Promise.all(names.map((name) => lab().apply(name)));
      await lab().converge(running, names);
      for (const [index, { fills }] of cases.entries()) if (fills) full.add(patients[index] ?? '');
      lab().hands.look();
      await Promise.all(patients.map((name, index) => patch(lab(), name, cases[index]?.spec ?? {})));
      await lab().converge(running, patients, hasPhase('Degraded'));
      const tenants = await lab().tenants();
      const unnamed = patients.flatMap((name, index) => {
        const degraded = tenants.get(name)?.status?.conditions?.find(({ type }) => type === 'Degraded')?.message ?? '';
        const says = cases[index]?.says ?? /never/;
        return says.test(degraded) ? [] : [`${name}: ${degraded} does not say ${String(says)}`];
      });
      expect(isReady(tenants.get(healthy))).toBe(true);
      await Promise.all(
        patients.map((name, index) => {
          const { heals } = cases[index] ?? {};
          return heals === undefined ? restore(lab(), name, specOf({})) : patch(lab(), name, heals);
        }),
      );
      // What a volume has grown to stays: such a patient ends like one who grew without having been ill.
      await patch(lab(), twin, GROWN);
      await lab().converge(running, names);
      await running.stop();
      const states = await readStates(lab().client);
      const unhealed = patients.flatMap((name, index) => {
        const like = cases[index]?.heals === undefined ? healthy : twin;
        return differences(states.get(like) ?? {}, states.get(name) ?? {}).map((text) => `${name}: ${text}`);
      });
      pass(context, {
        id: 'A3',
        what: 'impossible requests named and taken back',
        tried: patients.length,
        failures: [...unnamed, ...unhealed],
        note: Object.keys(IMPOSSIBLE).join(', '),
      });
    });

    it('A4: no JSON kills the operator', async () => {
      const roll = dice('A4');
      const [healthy = ''] = crew('sane', 1);
      const rejections: unknown[] = [];
      const note = (reason: unknown): void => void rejections.push(reason);
      process.on('unhandledRejection', note);
      const names = crew('mad', bySize({ quick: 30, full: 120, all: 400 }));
      // What the API server would refuse reaches the operator all the same, as it would from an older CRD's storage.
      const garbled = new Map(
        names.map((name, index) => [
          name,
          index < HOPELESS.length ? HOPELESS[index] : fuzz(roll, tenantObject(name).spec, 0),
        ]),
      );
      const given = names.filter((_, index) => index < HOPELESS.length || roll.next() < 0.25);
      const garble = <T extends { kind: string; metadata: { name: string } }>(object: T): T =>
        garbled.has(object.metadata.name) && 'spec' in object && object.kind !== 'Namespace'
          ? { ...object, spec: garbled.get(object.metadata.name) }
          : object;
      const running = await lab().run({
        tamper: {
          page: (_request, page) => ({ ...page, items: (page.items ?? []).map(garble) }),
          event: (_request, event) => [{ ...event, object: garble(event.object) }],
        },
      });
      let taken = 0;
      for (const name of names) {
        const spec = garbled.get(name);
        const direct = { ...tenantObject(`${name}x`), spec } as unknown as ReturnType<typeof tenantObject>;
        taken += await lab()
          .client.create(direct)
          .then(() => 1, refusedByServer);
        if (given.includes(name)) await lab().apply(name);
      }
      await lab().apply(healthy);
      await lab().converge(running, [healthy]);
      await lab().converge(running, given, isTold);
      expect(running.controller.healthy()).toBe(true);
      expect(rejections, again).toEqual([]);
      process.off('unhandledRejection', note);
      await running.stop();
      const tenants = await lab().tenants();
      const reasons = given.map((name) => readyOf(tenants.get(name))?.reason ?? '');
      const silent = HOPELESS.flatMap((_, index) =>
        reasons[index] === 'InvalidSpec' ? [] : [`${names[index] ?? ''}: ${reasons[index] ?? ''} is not InvalidSpec`],
      );
      const invalid = reasons.filter((reason) => reason === 'InvalidSpec').length;
      pass(context, {
        id: 'A4',
        what: 'fuzzed tenants that did not kill the operator',
        tried: names.length + given.length,
        failures: silent,
        note: `${String(taken)} of ${String(names.length)} were taken by the API server; ${String(given.length)} reached the operator all the same, ${String(invalid)} of them InvalidSpec, and each was told why`,
      });
    });
  });
}

/** What nobody can plan. */
const HOPELESS = [null, {}, [], 'text', { models: null }];

const readyOf = (tenant: LunaTenant | undefined): { reason: string; message: string } | undefined =>
  tenant?.status?.conditions?.find(({ type }) => type === 'Ready');

/** The status speaks of the current spec, and says why the tenant is ready or not. */
const isTold: Done = (tenant) =>
  tenant?.status?.observedGeneration === tenant?.metadata.generation && (readyOf(tenant)?.message ?? '') !== '';

const refusedByServer = (error: unknown): number => {
  if (hasCode(error, 'KUBE_INVALID', 'KUBE_BAD_REQUEST', 'KUBE_SERVER')) return 0;
  throw error;
};

function unseen(path: string, { shows = {}, hides = [] }: Expectation, state: State): string[] {
  const missing = Object.entries(shows).flatMap(([child, texts]) =>
    texts
      .filter((text) => !JSON.stringify(state[child] ?? {}).includes(text))
      .map((text) => `${path}: ${text} is not in ${child}`),
  );
  return [
    ...missing,
    ...hides.filter((child) => state[child] !== undefined).map((child) => `${path}: ${child} is still there`),
  ];
}

/** Fields that may be changed back and forth: volumes only grow, and phases would stop the walk. */
const steppable = (all: readonly (readonly [string, Expectation])[]): (readonly [string, Expectation])[] =>
  all.filter(
    ([path, { phase, atCreation }]) =>
      phase === undefined && !atCreation && !path.includes('storage') && !path.startsWith('models.source'),
  );

/** Brings a spec back to exactly this: what it has besides is removed. */
async function restore({ client }: Lab, name: string, spec: object): Promise<void> {
  await client.patch(
    lunaTenantKind,
    { name },
    { type: 'json', operations: [{ op: 'replace', path: '/spec', value: spec }] },
  );
}

const ODDITIES = [
  null,
  true,
  -1,
  1e300,
  '',
  'ü'.repeat(300),
  [],
  {},
  [null],
  { nested: { deep: [] } },
  '../../etc',
  '$(reboot)',
];

/** A spec with parts left out, replaced or added. */
function fuzz(roll: Dice, value: unknown, depth: number): unknown {
  if (roll.next() < 0.12) return roll.pick(ODDITIES);
  if (typeof value !== 'object' || value === null || depth > 5) return value;
  const entries = Object.entries(value).filter(() => roll.next() > 0.1);
  const extra = roll.next() < 0.1 ? [['surplus', roll.pick(ODDITIES)]] : [];
  return Object.fromEntries([
    ...entries.map(([key, below]) => [key, fuzz(roll, below, depth + 1)]),
    ...(extra as [string, unknown][]),
  ]);
}
