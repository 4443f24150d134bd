import {
  builtinKinds,
  isSubset,
  type BuiltinKind,
  type KubeObject,
  type ObjectRef,
  type ResourceKind,
} from '@luna-iems/kube-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWN_KINDS } from '../src/controller/observer.ts';
import { OPTIONAL_KINDS, type OptionalKindName } from '../src/optional-kinds.ts';
import { SECRET_NAMES } from '../src/plan/secrets.ts';
import { lunaTenantKind } from '../src/tenant.ts';
import { nameOf } from './calls.ts';
import { crew, pass, type Context } from './context.ts';
import type { Lab } from './lab.ts';
import type { Running } from './running.ts';
import { differences, readStates, type State } from './oracle.ts';
import { bySize } from './seed.ts';
import { create } from './steps.ts';

/** One thing that somebody does to one child. */
interface Drift {
  readonly label: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined: the child is deleted. */
  readonly body: object | undefined;
}

const OURS = { metadata: { labels: { 'app.kubernetes.io/part-of': 'somebody-else' } } };
const FOREIGN = { metadata: { annotations: { 'example.com/note': 'mine' }, labels: { 'example.com/team': 'blue' } } };

const DRIFTING: readonly ResourceKind[] = [
  ...OWN_KINDS.map((kind) => builtinKinds[kind]),
  OPTIONAL_KINDS.ServiceMonitor,
];

/** Changes of a spec that the API server lets pass, by kind. */
const SPECS: Readonly<Record<string, object>> = {
  Namespace: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
  ServiceMonitor: { spec: { endpoints: [] } },
  StatefulSet: { spec: { replicas: 3 } },
  Deployment: { spec: { replicas: 7 } },
  Service: { spec: { selector: { 'app.kubernetes.io/name': 'elsewhere' } } },
  ConfigMap: { data: { 'sim.yml': 'seed: stolen' } },
  NetworkPolicy: { spec: { podSelector: { matchLabels: { nobody: 'at-all' } } } },
  ResourceQuota: { spec: { hard: { pods: '999' } } },
  LimitRange: { spec: { limits: [{ type: 'Container', default: { memory: '1Gi' } }] } },
  CronJob: { spec: { schedule: '0 0 1 1 *' } },
  Role: { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
  RoleBinding: { subjects: [{ kind: 'ServiceAccount', name: 'stranger', namespace: 'default' }] },
  ServiceAccount: { automountServiceAccountToken: true },
  PodDisruptionBudget: { spec: { maxUnavailable: 0 } },
  Ingress: { spec: { rules: [{ host: 'stolen.example.com' }] } },
};

/** Drifts of a kind that are tried. */
const MOST = bySize({ quick: 8, full: Infinity, all: Infinity });

/** D1 and SEC: what others do to a tenant's children, and to its LunaTenant's status. */
export function driftRow(context: Context): void {
  const { lab, dice, again } = context;
  describe('D1: drift', () => {
    const roll = dice('D1');
    const crewSize = bySize({ quick: 8, full: 16, all: 16 });
    const names = crew('drift', crewSize);
    let running: Running;
    let reference: State = {};
    let children: KubeObject[] = [];
    beforeAll(async () => {
      running = await lab().run();
      const api = { replicas: 2, ingress: { host: 'drift.example.com' } };
      await Promise.all(names.map((name) => lab().apply(name, { api })));
      await lab().converge(running, names, create.done);
      reference = (await readStates(lab().client)).get(names[0] ?? '') ?? {};
      const lists = await Promise.all(
        DRIFTING.map((kind) => lab().client.list(kind, { namespace: `luna-${names[0] ?? ''}` })),
      );
      const space = await lab().client.get(builtinKinds.Namespace, { name: `luna-${names[0] ?? ''}` });
      children = [...lists.flatMap(({ items }) => items), ...(space === undefined ? [] : [space])];
    });
    afterAll(async () => {
      await running.stop();
      await lab().wipe();
    });

    /** Each drift on a tenant of its own, round after round. */
    const drifts = async (
      what: string,
      all: readonly Drift[],
      judge: (drift: Drift, writes: readonly string[]) => string[],
    ): Promise<void> => {
      const list = roll.sample(all, MOST);
      const failures: string[] = [];
      for (let start = 0; start < list.length; start += crewSize) {
        const round = list.slice(start, start + crewSize);
        const from = running.calls.writes.length;
        await Promise.all(round.map((drift, index) => inflict(lab(), drift, names[index] ?? '')));
        await running.idle();
        const states = await readStates(lab().client);
        for (const [index, drift] of round.entries()) {
          const tenant = names[index] ?? '';
          const writes = running.calls.writes
            .slice(from)
            .filter(({ scope }) => scope === tenant)
            .map(nameOf);
          const wrong = [...differences(reference, states.get(tenant) ?? {}), ...judge(drift, writes)];
          failures.push(...wrong.map((text) => `${drift.label}: ${text}`));
        }
      }
      const note = list.length === all.length ? undefined : `${String(list.length)} of ${String(all.length)}`;
      pass(context, { id: 'D1', what, tried: list.length, failures, ...(note === undefined ? {} : { note }) });
    };

    /** Exactly one write to the child itself; what the status then says of it does not count. */
    const oneWrite = (drift: Drift, writes: readonly string[]): string[] => {
      const repairs = writes.filter(isRepair);
      const expected =
        drift.kind === 'Job' || drift.kind === 'StatefulSet' ? repairs.length >= 1 : repairs.length === 1;
      return expected ? [] : [`${String(repairs.length)} writes: ${repairs.join(', ')}`];
    };
    const each = (make: (child: KubeObject) => Drift[]): Drift[] => children.flatMap(make);
    const of = (child: KubeObject, what: string, body: object | undefined): Drift => ({
      label: `${what} ${child.kind} ${child.metadata.name}`,
      kind: child.kind,
      name: child.metadata.name,
      body,
    });

    it('a label of ours changed', async () => {
      await drifts(
        'labels changed',
        each((child) => [of(child, 'label of', OURS)]),
        oneWrite,
      );
    });

    it('a spec of ours changed', async () => {
      const list = each((child) => {
        const body = SPECS[child.kind];
        return body === undefined ? [] : [of(child, 'spec of', body)];
      });
      expect(new Set(list.map(({ kind }) => kind)).size).toBe(Object.keys(SPECS).length);
      await drifts('specs changed', list, oneWrite);
    });

    it('a child deleted', async () => {
      // Nobody but the operator's user may end a namespace, and its end is a step of row S1.
      const list = each((child) => (child.kind === 'Namespace' ? [] : [of(child, 'deleted', undefined)]));
      await drifts('children deleted', list, oneWrite);
    });

    it('a status of the same generation written over ours', async () => {
      const condition = { type: 'Ready', status: 'False', reason: 'Stale', message: 'of a former leader' };
      const lastTransitionTime = '2026-01-02T03:04:05Z';
      const stale = { phase: 'Provisioning', conditions: [{ ...condition, lastTransitionTime }] };
      await Promise.all(
        names.map((name) =>
          lab().client.patchStatus(lunaTenantKind, { name }, { type: 'merge', body: { status: stale } }),
        ),
      );
      await running.idle();
      const states = await readStates(lab().client);
      const failures = names.flatMap((name) =>
        differences(reference, states.get(name) ?? {}).map((text) => `${name}: ${text}`),
      );
      pass(context, { id: 'D1', what: 'statuses overwritten', tried: names.length, failures });
    });

    it('what others add stays theirs, and costs no write', async () => {
      const [owner = ''] = names;
      const list = each((child) => [of(child, 'foreign fields on', FOREIGN)]);
      const from = running.calls.writes.length;
      await Promise.all(list.map((drift) => inflict(lab(), drift, owner)));
      await running.idle();
      // An annotation on a Deployment is another generation of it, of which the status tells.
      const writes = running.calls.writes.slice(from).map(nameOf).filter(isRepair);
      expect(writes, again).toEqual([]);
      const failures: string[] = [];
      for (const drift of list) {
        const live = await lab().client.get(kindOf(drift), await refTo(lab(), drift, owner));
        if (!isSubset(FOREIGN.metadata, live?.metadata)) failures.push(`${drift.label}: is gone`);
      }
      pass(context, { id: 'D1', what: 'foreign fields kept', tried: list.length, failures });
    });

    it('SEC: every Secret, Pod Security label and policy is there, and no rule lost its peers', async () => {
      const failures: string[] = [];
      for (const name of names) failures.push(...(await holes(lab(), name)).map((text) => `${name}: ${text}`));
      pass(context, { id: 'SEC', what: 'tenants whose fences were looked at', tried: names.length, failures });
    });
  });
}

const kindOf = ({ kind }: Pick<Drift, 'kind'>): ResourceKind =>
  builtinKinds[kind as BuiltinKind] ?? OPTIONAL_KINDS[kind as OptionalKindName];

async function refTo({ client }: Lab, { kind, name }: Drift, tenant: string): Promise<ObjectRef> {
  const namespace = `luna-${tenant}`;
  if (kind === 'Namespace') return { name: namespace };
  // The schema Job has a hash in its name.
  return { namespace, name: kind === 'Job' ? await jobOf(client, namespace) : name };
}

async function inflict(lab: Lab, drift: Drift, tenant: string): Promise<void> {
  const [kind, ref] = [kindOf(drift), await refTo(lab, drift, tenant)];
  if (drift.body === undefined) await lab.client.delete(kind, ref, { propagationPolicy: 'Background' });
  else await lab.client.patch(kind, ref, { type: 'merge', body: drift.body }, { fieldManager: 'somebody' });
}

async function jobOf(client: Lab['client'], namespace: string): Promise<string> {
  const { items } = await client.list(builtinKinds.Job, { namespace });
  return items[0]?.metadata.name ?? '';
}

type Rules = { from?: unknown[]; to?: unknown[] }[];

const isRepair = (write: string): boolean => !write.includes('lunatenants/') && !write.includes(' events');

/** What is missing from a tenant's fences. */
async function holes({ client }: Lab, tenant: string): Promise<string[]> {
  const namespace = `luna-${tenant}`;
  const [secrets, policies, space] = await Promise.all([
    client.list(builtinKinds.Secret, { namespace }),
    client.list(builtinKinds.NetworkPolicy, { namespace }),
    client.get(builtinKinds.Namespace, { name: namespace }),
  ]);
  const levels = ['enforce', 'audit', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}`);
  const peerless = policies.items.flatMap(({ metadata, spec }) => {
    const { ingress = [], egress = [] } = spec as { ingress?: Rules; egress?: Rules };
    const peers = [...ingress.map(({ from }) => from), ...egress.map(({ to }) => to)];
    return peers.some((list) => (list ?? []).length === 0) ? [`${metadata.name} has a rule for everybody`] : [];
  });
  const deny = policies.items.find(({ metadata }) => metadata.name === 'default-deny');
  const has = new Set(secrets.items.map(({ metadata }) => metadata.name));
  return [
    ...levels.filter((level) => space?.metadata.labels?.[level] !== 'restricted'),
    ...SECRET_NAMES.filter((name) => !has.has(name)),
    ...secrets.items
      .filter(({ data }) => Object.values(data ?? {}).includes(''))
      .map(({ metadata }) => `${metadata.name} is empty`),
    ...(JSON.stringify(deny?.['spec']) === JSON.stringify({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
      ? []
      : ['no default-deny']),
    ...peerless,
  ];
}
