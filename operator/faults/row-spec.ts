import { afterAll, describe, expect, it } from 'vitest';
import { hasCode } from '@luna-iems/kube-runtime';
import { lunaTenantKind, type LunaTenantSpec } from '../src/tenant.ts';
import { tenantObject } from '../src/testing/cluster.ts';
import { brief, crew, type Context } from './context.ts';
import { EXPECTATIONS, merge, nest, specFields, type Expectation } from './fields.ts';
import { hasPhase, isReady, type Lab } from './lab.ts';
import { differences, readStates, type State } from './oracle.ts';
import { isExhaustive, type Dice } from './seed.ts';

const patch = async ({ client }: Lab, name: string, spec: object): Promise<void> =>
  void (await client.patch(lunaTenantKind, { name }, { type: 'merge', body: { spec } }));
const specOf = (change: object): Partial<LunaTenantSpec> => merge(tenantObject('any').spec, change);
const changeOf = (path: string, { value, with: also = {} }: Expectation): object => merge(also, nest(path, value));

/** A1 to A4: what users write into a LunaTenant, sense and nonsense. */
export function specRow({ lab, tally, dice, again }: Context): void {
  describe('A: what users write', () => {
    const count = (id: string, what: string, tried: number): void => {
      const row = tally.row(id, what);
      row.tried += tried;
      row.survived += tried;
    };
    const seen = Object.entries(EXPECTATIONS).filter(([, { elsewhere }]) => elsewhere === undefined);
    afterAll(() => lab().wipe());

    it('A1: every field of the CRD has its place in a child, and is read there', async () => {
      const fields = await specFields();
      expect(
        fields.map(({ path }) => path).filter((path) => EXPECTATIONS[path] === undefined),
        'fields without an expectation',
      ).toEqual([]);
      const paths = new Set(fields.map(({ path }) => path));
      expect(
        Object.keys(EXPECTATIONS).filter((path) => !paths.has(path)),
        'expectations without a field',
      ).toEqual([]);
      const names = crew('field', seen.length);
      const running = await lab().run();
      await Promise.all(
        seen.map(([path, told], index) =>
          lab().apply(names[index] ?? '', told.atCreation ? specOf(changeOf(path, told)) : {}),
        ),
      );
      await lab().converge(running, names);
      await Promise.all(
        seen.map(async ([path, told], index) => patch(lab(), names[index] ?? '', changeOf(path, told))),
      );
      await lab().converge(running, names, (tenant) => {
        const told = seen[names.indexOf(tenant?.metadata.name ?? '')]?.[1];
        return hasPhase(told?.phase ?? 'Ready')(tenant);
      });
      await running.stop();
      const states = await readStates(lab().client);
      const failures = seen.flatMap(([path, told], index) => unseen(path, told, states.get(names[index] ?? '') ?? {}));
      expect(brief(failures), again).toEqual([]);
      count('A1', 'fields changed and read back in the children', seen.length);
      tally
        .row('A1', 'fields changed and read back in the children')
        .notes.push(`${String(fields.length - seen.length)} of ${String(fields.length)} tested elsewhere`);
      await lab().wipe();
    });

    it('A2: the way to a spec does not matter', async () => {
      const roll = dice('A2');
      const walkers = crew('walk', isExhaustive ? 24 : 8);
      const fresh = crew('fresh', walkers.length);
      const running = await lab().run();
      await Promise.all(walkers.map((name) => lab().apply(name)));
      await lab().converge(running, walkers);
      const ends = walkers.map(() => ({}));
      for (let step = 0; step < 6; step += 1) {
        await Promise.all(
          walkers.map(async (name, index) => {
            const [path, told] = roll.pick(steppable(seen));
            const change = changeOf(path, told);
            const back = step < 5 && roll.next() < 0.3;
            ends[index] = back ? (ends[index] ?? {}) : merge(ends[index] ?? {}, change);
            await patch(lab(), name, change);
            // Undone at once, so that the operator may see both, one or none of the two.
            if (back)
              await lab().client.apply(tenantObject(name, specOf(ends[index] ?? {})), { fieldManager: 'kubectl' });
            if (back) await restore(lab(), name, specOf(ends[index] ?? {}));
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
      expect(brief(failures), again).toEqual([]);
      count('A2', 'random walks that ended like a fresh start', walkers.length);
      await lab().wipe();
    });

    it('A3: an impossible request is named, hurts nobody else, and can be taken back', async () => {
      const names = crew('ill', Object.keys(IMPOSSIBLE).length + 1);
      const [healthy = '', ...patients] = names;
      lab().hands.orders.illness = diagnose;
      const running = await lab().run();
      await Promise.all(names.map((name) => lab().apply(name)));
      await lab().converge(running, names);
      const before = await readStates(lab().client);
      const cases = Object.values(IMPOSSIBLE);
      await Promise.all(patients.map((name, index) => patch(lab(), name, cases[index]?.spec ?? {})));
      await lab().converge(running, patients, hasPhase('Degraded'));
      const tenants = await lab().tenants();
      const named = patients.map(
        (name) => tenants.get(name)?.status?.conditions?.find(({ type }) => type === 'Degraded')?.message ?? '',
      );
      for (const [index, message] of named.entries())
        expect(message, Object.keys(IMPOSSIBLE)[index]).toMatch(cases[index]?.says ?? /never/);
      expect(isReady(tenants.get(healthy))).toBe(true);
      await Promise.all(patients.map((name) => restore(lab(), name, specOf({}))));
      await lab().converge(running, names);
      const after = await readStates(lab().client);
      const failures = patients.flatMap((name) =>
        differences(before.get(name) ?? {}, after.get(name) ?? {}).map((text) => `${name}: ${text}`),
      );
      await running.stop();
      lab().hands.orders.illness = () => undefined;
      expect(brief(failures), again).toEqual([]);
      count('A3', 'impossible requests named and taken back', patients.length);
      await lab().wipe();
    });

    it('A4: no JSON kills the operator', async () => {
      const roll = dice('A4');
      const [healthy = ''] = crew('sane', 1);
      const rejections: unknown[] = [];
      const note = (reason: unknown): void => void rejections.push(reason);
      process.on('unhandledRejection', note);
      const mad = crew('mad', isExhaustive ? 400 : 120);
      // What the API server would refuse reaches the operator all the same, as it would from an older CRD's storage.
      const garbled = new Map<string, unknown>();
      const garble = <T extends { kind: string; metadata: { name: string } }>(object: T): T =>
        object.kind === 'LunaTenant' && object.metadata.name.startsWith('t-mad')
          ? { ...object, spec: garbled.get(object.metadata.name) }
          : object;
      const running = await lab().run({
        tamper: {
          page: (_request, page) => ({ ...page, items: (page.items ?? []).map(garble) }),
          event: (_request, event) => [{ ...event, object: garble(event.object) }],
        },
      });
      let taken = 0;
      for (const name of mad) {
        const wild = fuzz(roll, tenantObject(name).spec, 0);
        garbled.set(name, wild);
        const direct = lab().client.create({ ...tenantObject(`${name}x`), spec: wild } as unknown as ReturnType<
          typeof tenantObject
        >);
        taken += await direct.then(() => 1, refusedByServer);
        if (roll.next() < 0.25) await lab().apply(name);
      }
      await lab().apply(healthy);
      await lab().converge(running, [healthy]);
      await running.idle();
      expect(running.controller.healthy()).toBe(true);
      expect(rejections, again).toEqual([]);
      process.off('unhandledRejection', note);
      await running.stop();
      count('A4', 'fuzzed tenants that did not kill the operator', mad.length);
      tally
        .row('A4', 'fuzzed tenants that did not kill the operator')
        .notes.push(`${String(taken)} were taken by the API server`);
    });
  });
}

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

interface Impossible {
  readonly spec: object;
  readonly says: RegExp;
}

const IMPOSSIBLE: Readonly<Record<string, Impossible>> = {
  unschedulable: {
    spec: { database: { resources: { requests: { memory: '900Gi' }, limits: { memory: '900Gi' } } } },
    says: /Unschedulable.*Insufficient memory/,
  },
  'requests above limits': {
    spec: { api: { resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } } },
    says: /must be less than or equal to memory limit/,
  },
  'bad image': { spec: { vectorStore: { image: 'example.com/no-such-image:1' } }, says: /no-such-image|ImagePull/ },
  'no such model': { spec: { models: { chat: { name: 'no-such-model' } } }, says: /no-such-model|CrashLoopBackOff/ },
  'bad peer': {
    spec: { network: { apiClients: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['198.51.100.0/24'] } }] } },
    says: /NetworkPolicy tenant-api/,
  },
};

/** What kubelet and scheduler would say of workloads that ask for the impossible. */
function diagnose(workload: object): object | undefined {
  const text = JSON.stringify((workload as { spec?: unknown }).spec);
  const sick = { name: 'sick', ready: false, restartCount: 3, image: '', imageID: '' };
  if (text.includes('"memory":"900Gi"')) {
    const message = '0/1 nodes are available: 1 Insufficient memory.';
    return {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
    };
  }
  const waiting = text.includes('no-such-image')
    ? { reason: 'ImagePullBackOff', message: 'Back-off pulling image "example.com/no-such-image:1"' }
    : { reason: 'CrashLoopBackOff', message: 'pull model manifest: no-such-model: file does not exist' };
  const ill =
    text.includes('no-such-image') || (text.includes('no-such-model') && text.includes('volumeClaimTemplates'));
  return ill ? { phase: 'Pending', containerStatuses: [{ ...sick, state: { waiting } }] } : undefined;
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
