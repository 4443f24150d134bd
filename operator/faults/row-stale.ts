import {
  builtinKinds,
  contentHash,
  type KubeObject,
  type Client,
  type ListPage,
  type ReadTamper,
  type TransportRequest,
} from '@luna-iems/kube-runtime';
import { afterAll, afterEach, describe, it } from 'vitest';
import { lunaTenantKind } from '../src/tenant.ts';
import { effectsByTenant } from './audit.ts';
import { recklessDeletes } from './calls.ts';
import { crew, pass, type Context } from './context.ts';
import type { Lab } from './lab.ts';
import { differences, readStates, type State } from './oracle.ts';
import { bySize } from './seed.ts';
import { create, grow, loseSecrets, readopt, retain, rotate, shrink, type Step } from './steps.ts';

/** An operator's first lists, kept. */
export type Memory = Map<string, ListPage>;

const keyOf = ({ path, query }: TransportRequest): string => `${path}?${String(query?.['labelSelector'] ?? '')}`;

/** Notes what the lists say; lists are whole here, for a page holds 500. */
export function remember(memory: Memory, only: RegExp): ReadTamper {
  return {
    page: (request, page) => {
      if (only.test(request.path) && !memory.has(keyOf(request))) memory.set(keyOf(request), structuredClone(page));
      return page;
    },
  };
}

/** The first list of each kind is the remembered one, and events since then come only when the gate opens. */
export function travelBack(memory: Memory, gate: Promise<void>): ReadTamper {
  const told = new Set<string>();
  return {
    page: (request, page) => {
      const old = memory.get(keyOf(request));
      if (old === undefined || told.has(keyOf(request))) return page;
      told.add(keyOf(request));
      return structuredClone(old);
    },
    event: async (request, event) => {
      if (memory.has(keyOf(request))) await gate;
      return [event];
    },
  };
}

/** What an old view must never destroy, and what may only ever be made once. */
const PRECIOUS = /(deleted|created|renewed) (namespaces|secrets|persistentvolumeclaims)\//;

export interface Journey {
  /** Brought about before the picture is taken. */
  readonly before: readonly Step[];
  /** Happens after it. */
  readonly after: readonly Step[];
  /** Paths of the kinds whose view is old; all when left out. */
  readonly only?: RegExp;
}

/** What an operator with an old view did: everything that is against the rules. */
export async function journey(
  lab: Lab,
  { before, after, only = /./ }: Journey,
  how: { names: readonly string[]; wrap?: (client: Client) => Client },
): Promise<string[]> {
  const { names } = how;
  await live(lab, before, names);
  const memory: Memory = new Map();
  const observer = await lab.run({ tamper: remember(memory, only), faults: () => undefined });
  await observer.idle();
  await observer.stop();
  await live(lab, after, names);
  const right = await readStates(lab.client);
  const uids = await uidsOf(lab, names);
  const mark = lab.audit.mark();

  const gate = Promise.withResolvers<void>();
  const late = await lab.run({
    tamper: travelBack(memory, gate.promise),
    ...(how.wrap === undefined ? {} : { wrap: how.wrap }),
  });
  // As long as the view stays old: the first pass over every tenant, and retries of what the server refused.
  await late.idle();
  gate.resolve();
  await late.idle();
  await lab.converge(late, names, after.at(-1)?.done);
  await late.stop();

  const wrong = await readStates(lab.client);
  const effects = effectsByTenant(lab.audit.since(mark));
  const nowUids = await uidsOf(lab, names);
  return names.flatMap((name) => [
    ...differences(right.get(name) ?? {}, wrong.get(name) ?? ({} satisfies State)).map((text) => `${name}: ${text}`),
    ...(effects.get(name) ?? [])
      .filter((effect) => PRECIOUS.test(effect))
      .map((effect) => `${name}: ${effect} by an old view`),
    ...recklessDeletes(late.calls.writes.filter(({ scope }) => scope === name)),
    ...[...(uids.get(name) ?? [])]
      .filter((uid) => !nowUids.get(name)?.has(uid))
      .map((uid) => `${name}: ${uid} is another now`),
  ]);
}

async function live(lab: Lab, steps: readonly Step[], names: readonly string[]): Promise<void> {
  const running = await lab.run();
  for (const step of steps) {
    await Promise.all(names.map((name) => step.change(lab, name)));
    await lab.converge(running, names, step.done);
  }
  await running.stop();
}

/** What holds data or keeps it running, each as what it is and not only by its name. */
async function uidsOf(lab: Lab, names: readonly string[]): Promise<Map<string, Set<string>>> {
  const uids = new Map<string, Set<string>>();
  for (const name of names) {
    const kinds = (['PersistentVolumeClaim', 'Secret', 'StatefulSet'] as const).map((kind) =>
      lab.client.list(builtinKinds[kind], { namespace: `luna-${name}` }),
    );
    const lists = await Promise.all(kinds);
    uids.set(name, new Set(lists.flatMap(({ items }) => items.map(identityOf))));
  }
  return uids;
}

/** UID, and for Secrets the content too. */
const identityOf = ({ kind, metadata, data }: KubeObject): string =>
  `${kind} ${metadata.name} ${metadata.uid ?? ''} ${kind === 'Secret' ? contentHash(data).slice(0, 8) : ''}`;

/** A user who deletes a child and makes it anew by the same name, by hand. */
export const replaceByHand: Step = {
  name: 'a child replaced by hand',
  async change({ client }, tenant) {
    await client.patch(
      lunaTenantKind,
      { name: tenant },
      { type: 'merge', body: { spec: { displayName: 'replaced' } } },
    );
    const ref = { namespace: `luna-${tenant}`, name: 'tika' };
    await client.delete(builtinKinds.Service, ref);
  },
  done: create.done,
};

const JOURNEYS: Readonly<Record<string, Journey>> = {
  'before the tenant was there': { before: [], after: [create] },
  'before volumes grew': { before: [create], after: [grow] },
  'before Secrets were lost and made anew': { before: [create], after: [loseSecrets] },
  'before Secrets were rotated': { before: [create], after: [rotate] },
  'before parts were switched off': { before: [create], after: [shrink] },
  'before the tenant was retained and taken up again': { before: [create, grow], after: [retain, readopt] },
  'of StatefulSets only, before volumes grew': { before: [create], after: [grow], only: /statefulsets/ },
  'of Secrets only, before they were made': { before: [], after: [create], only: /secrets/ },
  'of tenants only, before parts were switched off': { before: [create], after: [shrink], only: /lunatenants/ },
  'of all but tenants, before parts were switched off': {
    before: [create],
    after: [shrink],
    only: /namespaces|api\/v1|apps|batch/,
  },
  'before a child was replaced': { before: [create], after: [replaceByHand] },
};

/** S2: a new leader whose cache is older than what its predecessor did. */
export function staleRow(context: Context): void {
  const { lab, dice } = context;
  describe('S2: an old view', () => {
    afterEach(() => lab().killAll());
    afterAll(() => lab().wipe());
    const all = Object.entries(JOURNEYS);
    it.each(dice('S2').sample(all, bySize({ quick: 4, full: all.length, all: all.length })))(
      '%s',
      async (what, route) => {
        const names = crew(`old${String(Object.keys(JOURNEYS).indexOf(what))}`, bySize({ quick: 1, full: 2, all: 3 }));
        const failures = await journey(lab(), route, { names });
        pass(context, {
          id: 'S2',
          what: 'a leader with an old view, then live',
          tried: names.length,
          failures,
          note: what,
        });
      },
    );
  });
}
