import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  builtinKinds,
  expired,
  type ListPage,
  type RawEvent,
  type ReadTamper,
  type TransportRequest,
} from '@luna-iems/kube-runtime';
import { OWN_KINDS } from '../src/controller/observer.ts';
import { TENANT_LABEL, lunaTenantKind } from '../src/tenant.ts';
import { crew, pass, type Context } from './context.ts';
import { isReady, type Lab } from './lab.ts';
import type { Running } from './running.ts';
import { differences, readStates } from './oracle.ts';
import { bySize, type Dice } from './seed.ts';
import { create, loseSecrets, shrink, type Step } from './steps.ts';
import { compareEffects, recordReference, type Reference } from './sweep.ts';
import { effectsByTenant } from './audit.ts';

const ALL_KINDS = ['LunaTenant', ...OWN_KINDS, 'Namespace', 'Secret', 'PersistentVolumeClaim'] as const;
const TYPES = ['ADDED', 'MODIFIED', 'DELETED'] as const;
/** What no step here brings about. */
const IMPOSSIBLE = new Set([
  ...['Namespace', 'PersistentVolumeClaim', 'LunaTenant', 'StatefulSet'].map((kind) => `${kind} DELETED`),
  ...['Secret', 'ServiceAccount', 'Role', 'RoleBinding', 'ResourceQuota', 'LimitRange'].map(
    (kind) => `${kind} MODIFIED`,
  ),
  ...['Service', 'ConfigMap', 'PodDisruptionBudget', 'CronJob', 'Ingress', 'Namespace'].map(
    (kind) => `${kind} MODIFIED`,
  ),
]);

/** Where an event belongs. */
const tenantOfEvent = ({ object }: RawEvent): string =>
  object.kind === 'LunaTenant' ? object.metadata.name : (object.metadata.labels?.[TENANT_LABEL] ?? '');

/** S3 and the reads of S4: what the operator is told of the world is incomplete, doubled, shuffled or late. */
export function readsRow(context: Context): void {
  const { lab, dice } = context;
  describe('S3, S4: a world seen badly', () => {
    const roll = dice('S3');
    afterEach(() => lab().killAll());
    afterAll(() => lab().wipe());
    const steps: Step[] = [create, disturb, loseSecrets, shrink];
    const references = new Map<Step, Reference>();
    beforeAll(async () => {
      const [reference = ''] = crew('seen', 1);
      for (const step of steps) references.set(step, await recordReference(lab(), { step, platform: {} }, reference));
    });

    const live = async (tamper: ReadTamper, names: readonly string[], alarm: Alarm = relistOnce): Promise<string[]> => {
      const failures: string[] = [];
      const running = await lab().run({ tamper });
      const alarming = alarm(running);
      try {
        for (const step of steps) {
          const mark = lab().audit.mark();
          await Promise.all(names.map((name) => step.change(lab(), name)));
          await running.idle();
          alarming.ring();
          failures.push(
            ...(await heal(lab(), alarming, { running, names, mark, reference: references.get(step), step })),
          );
        }
      } finally {
        await running.stop();
      }
      return failures;
    };

    it('each class of watch event dropped once, then the next list', async () => {
      const all = ALL_KINDS.flatMap((kind) => TYPES.map((type) => `${kind} ${type}`)).filter(
        (one) => !IMPOSSIBLE.has(one),
      );
      const classes = roll.sample(all, bySize({ quick: 6, full: 18, all: all.length }));
      const [, ...names] = crew('seen', classes.length + 1);
      const wanted = new Map(names.map((name, index) => [name, classes[index]]));
      const dropped = new Set<string>();
      const failures = await live({ event: dropOnce(wanted, dropped) }, names);
      pass(context, {
        id: 'S3',
        what: 'a class of watch events dropped once',
        tried: dropped.size,
        failures,
        note: `${String(dropped.size)} of ${String(all.length)} classes`,
      });
      expect(dropped.size).toBeGreaterThan(0);
    });

    it.each<[string, string, (roll: Dice) => ReadTamper, Alarm]>([
      ['S3', 'no watch events at all, lists only', () => ({ event: nothing }), relistOnce],
      ['S3', 'deletion and creation seen as one change', () => ({ event: coalesce() }), relistOnce],
      ['S4', 'every event twice', () => ({ event: (_, event) => [event, event] }), relistOnce],
      ['S4', 'lists shuffled, in small pages, 410 amid them', shuffledAndExpired, relistOnce],
      ['S4', 'events late by up to 50 ms, kinds out of step', late, relistOnce],
    ])('%s: %s', async (id, what, tamper, alarm) => {
      const names = crew(what.replace(/[^a-z]/g, '').slice(0, 12), bySize({ quick: 1, full: 3, all: 8 }));
      const failures = await live(tamper(roll), names, alarm);
      pass(context, { id, what, tried: names.length * steps.length, failures });
    });
  });
}

/** Breaks watches so that reflectors list anew. */
type Alarm = (running: Running) => { ring(): void };

const relistOnce: Alarm = ({ reads }) => ({ ring: () => reads.breakWatches() });

/** Bookmarks only: time goes on, and nothing seems to happen. */
const nothing = (_request: unknown, { object }: RawEvent): RawEvent[] => {
  const { apiVersion, kind, metadata } = object;
  const bookmark = { apiVersion, kind, metadata: { name: '', resourceVersion: metadata.resourceVersion ?? '' } };
  return [{ type: 'BOOKMARK', object: bookmark }];
};

function dropOnce(
  wanted: ReadonlyMap<string, string | undefined>,
  dropped: Set<string>,
): NonNullable<ReadTamper['event']> {
  return (_request, event) => {
    const tenant = tenantOfEvent(event);
    const matches = wanted.get(tenant) === `${event.object.kind} ${event.type}` && !dropped.has(tenant);
    if (!matches) return [event];
    dropped.add(tenant);
    return [];
  };
}

/** Holds a deletion back until the object is there again, and then tells of one change. */
function coalesce(): NonNullable<ReadTamper['event']> {
  const gone = new Set<string>();
  const key = ({ object: { kind, metadata } }: RawEvent): string =>
    `${kind} ${metadata.namespace ?? ''} ${metadata.name}`;
  return (_request, event) => {
    if (event.type === 'DELETED' && event.object.kind === 'Secret') {
      gone.add(key(event));
      return [];
    }
    return gone.delete(key(event)) ? [{ ...event, type: 'MODIFIED' }] : [event];
  };
}

function shuffledAndExpired(roll: Dice): ReadTamper {
  return {
    ask(request: TransportRequest) {
      if (request.query?.['continue'] !== undefined && roll.next() < 0.3) throw expired();
      return request.query?.['limit'] === undefined ? request : { ...request, query: { ...request.query, limit: 7 } };
    },
    page: (_request, page: ListPage) => ({ ...page, items: roll.shuffle(page.items ?? []) }),
  };
}

function late(roll: Dice): ReadTamper {
  return {
    event: async (_request, event) => {
      await new Promise((resolve) => setTimeout(resolve, roll.below(50)));
      return [event];
    },
  };
}

/**
 * What somebody who means no good does to a tenant's namespace. No Secret: one of the database's renames the schema Job, and then the
 * Jobs made would depend on which of the two losses is seen first. Losing Secrets is a step of its own.
 */
const disturb: Step = {
  name: 'disturb',
  async change({ client }, tenant) {
    const namespace = `luna-${tenant}`;
    for (const kind of DELETABLE) {
      const { items } = await client.list(builtinKinds[kind], { namespace, labelSelector: TENANT_LABEL });
      const [first] = items;
      if (first === undefined) continue;
      await client.delete(
        builtinKinds[kind],
        { namespace, name: first.metadata.name },
        { propagationPolicy: 'Background' },
      );
    }
    await client.patch(lunaTenantKind, { name: tenant }, { type: 'merge', body: { spec: DISTURBED } });
  },
  done: isReady,
};
const DISTURBED = { displayName: 'disturbed', api: { replicas: 2, ingress: { host: 'disturbed.example.com' } } };
const DELETABLE = OWN_KINDS.filter((kind) => kind !== 'StatefulSet');

interface Trial {
  running: Running;
  names: readonly string[];
  mark: number;
  reference: Reference | undefined;
  step: Step;
}

/**
 * What is still wrong after some full lists: one repairs what was not seen, one more what followed from the repair, and so on. On a slow
 * machine a list may come before what it should show, so it takes many before this gives up.
 */
async function heal(lab: Lab, alarming: ReturnType<Alarm>, trial: Trial): Promise<string[]> {
  for (let lists = 0; ; lists += 1) {
    const wrong = await verdict(lab, trial);
    if (wrong.length === 0 || lists === MOST_LISTS) return wrong;
    alarming.ring();
    // A reflector waits a moment before it lists again.
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await trial.running.idle();
  }
}

const MOST_LISTS = 25;

async function verdict(lab: Lab, how: Trial): Promise<string[]> {
  const { names, mark, reference, step } = how;
  if (reference === undefined) throw new Error(`no reference for ${step.name}`);
  const [states, effects] = [await readStates(lab.client), effectsByTenant(lab.audit.since(mark))];
  const tenants = await lab.tenants();
  return names.flatMap((name) =>
    [
      ...(step.done(tenants.get(name)) ? [] : ['has not arrived']),
      ...differences(reference.state, states.get(name) ?? {}),
      ...compareEffects(reference.effects, effects.get(name) ?? []),
    ].map((text) => `${name} after ${step.name}: ${text}`),
  );
}
