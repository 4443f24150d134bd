import { builtinKinds, type BuiltinKind, type KubeObject } from '@luna-iems/kube-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWN_KINDS } from '../src/controller/observer.ts';
import { SECRET_NAMES } from '../src/plan/secrets.ts';
import { nameOf } from './calls.ts';
import { brief, crew, type Context } from './context.ts';
import type { Lab, Running } from './lab.ts';
import { differences, readStates, type State } from './oracle.ts';
import { create } from './steps.ts';

/** One thing that somebody does to one child. */
interface Drift {
  readonly label: string;
  readonly kind: BuiltinKind;
  readonly name: string;
  /** Undefined: the child is deleted. */
  readonly body: object | undefined;
}

const OURS = { metadata: { labels: { 'app.kubernetes.io/part-of': 'somebody-else' } } };
const FOREIGN = { metadata: { annotations: { 'example.com/note': 'mine' }, labels: { 'example.com/team': 'blue' } } };

/** Changes of a spec that the API server lets pass, by kind. */
const SPECS: Partial<Record<BuiltinKind, object>> = {
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

/** D1, SEC and a short D2: what others do to a tenant's children, and what they need not do. */
export function driftRow({ lab, tally, again }: Context): void {
  describe('D1: drift', () => {
    const crewSize = 16;
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
        OWN_KINDS.map((kind) => lab().client.list(builtinKinds[kind], { namespace: `luna-${names[0] ?? ''}` })),
      );
      children = lists.flatMap(({ items }) => items);
    });
    afterAll(async () => {
      await running.stop();
      await lab().wipe();
    });

    /** Each drift on a tenant of its own, round after round. */
    const drifts = async (
      list: readonly Drift[],
      judge: (drift: Drift, writes: readonly string[]) => string[],
    ): Promise<string[]> => {
      const failures: string[] = [];
      for (let start = 0; start < list.length; start += crewSize) {
        const round = list.slice(start, start + crewSize);
        const from = running.calls.writes.length;
        await Promise.all(round.map((drift, index) => inflict(lab(), drift, names[index] ?? '')));
        await running.idle();
        await lab().hands.idle();
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
      return failures;
    };

    /** Exactly one write to the child itself; what the status then says of it does not count. */
    const oneWrite = (drift: Drift, writes: readonly string[]): string[] => {
      const repairs = writes.filter(isRepair);
      const expected =
        drift.kind === 'Job' || drift.kind === 'StatefulSet' ? repairs.length >= 1 : repairs.length === 1;
      return expected ? [] : [`${String(repairs.length)} writes: ${repairs.join(', ')}`];
    };
    const count = (what: string, tried: number): void => {
      const row = tally.row('D1', what);
      row.tried += tried;
      row.survived += tried;
    };
    const each = (make: (child: KubeObject) => Drift[]): Drift[] => children.flatMap(make);
    const of = (child: KubeObject, what: string, body: object | undefined): Drift => ({
      label: `${what} ${child.kind} ${child.metadata.name}`,
      kind: child.kind as BuiltinKind,
      name: child.metadata.name,
      body,
    });

    it('a label of ours changed', async () => {
      const list = each((child) => [of(child, 'label of', OURS)]);
      expect(brief(await drifts(list, oneWrite)), again).toEqual([]);
      count('labels changed', list.length);
    });

    it('a spec of ours changed', async () => {
      const list = each((child) => {
        const body = SPECS[child.kind as BuiltinKind];
        return body === undefined ? [] : [of(child, 'spec of', body)];
      });
      expect(new Set(list.map(({ kind }) => kind)).size).toBe(Object.keys(SPECS).length);
      expect(brief(await drifts(list, oneWrite)), again).toEqual([]);
      count('specs changed', list.length);
    });

    it('a child deleted', async () => {
      const list = each((child) => [of(child, 'deleted', undefined)]);
      expect(brief(await drifts(list, oneWrite)), again).toEqual([]);
      count('children deleted', list.length);
    });

    it('what others add stays theirs, and costs no write', async () => {
      const list = each((child) => [of(child, 'foreign fields on', FOREIGN)]);
      const from = running.calls.writes.length;
      await Promise.all(list.map((drift) => inflict(lab(), drift, names[0] ?? '')));
      await running.idle();
      // An annotation on a Deployment is another generation of it, of which the status tells.
      const writes = running.calls.writes.slice(from).map(nameOf).filter(isRepair);
      expect(writes, again).toEqual([]);
      for (const drift of list) {
        const live = await lab().client.get(builtinKinds[drift.kind], {
          name: drift.name,
          namespace: `luna-${names[0] ?? ''}`,
        });
        expect(live?.metadata, drift.label).toMatchObject(FOREIGN.metadata);
      }
      count('foreign fields kept', list.length);
    });

    it('SEC: every Secret, Pod Security label and policy is there, and no rule lost its peers', async () => {
      const row = tally.row('SEC', 'tenants whose fences were looked at');
      for (const name of names) {
        expect(await holes(lab(), name), name).toEqual([]);
        row.tried += 1;
        row.survived += 1;
      }
    });

    it('D2: zero writes while nothing happens', async () => {
      const minutes = Number(process.env['LUNA_QUIET_MINUTES'] ?? 0);
      const wanted = minutes > 0 ? 50 : 10;
      await running.stop();
      const quick = { controller: { ...lab().platform.controller, resyncSeconds: 10 } };
      running = await lab().run({ platform: quick });
      const more = crew('quiet', Math.max(0, wanted - names.length));
      await Promise.all(more.map((name) => lab().apply(name)));
      await lab().converge(running, [...names, ...more], create.done);
      const from = running.calls.writes.length;
      const passes = await reconciles(running);
      await new Promise((resolve) => setTimeout(resolve, minutes > 0 ? minutes * 60_000 : 15_000));
      expect(running.calls.writes.slice(from).map(nameOf)).toEqual([]);
      const row = tally.row('D2', 'silence');
      row.tried += 1;
      row.survived += 1;
      const seconds = minutes > 0 ? minutes * 60 : 15;
      const tenants = String(names.length + more.length);
      row.notes.push(
        `0 writes in ${String(seconds)} s, ${tenants} tenants, ${String((await reconciles(running)) - passes)} passes`,
      );
    }, 3_700_000);
  });
}

async function inflict({ client }: Lab, drift: Drift, tenant: string): Promise<void> {
  const kind = builtinKinds[drift.kind];
  const namespace = `luna-${tenant}`;
  const name = drift.kind === 'Job' ? await jobOf(client, namespace) : drift.name;
  if (drift.body === undefined) await client.delete(kind, { name, namespace }, { propagationPolicy: 'Background' });
  else await client.patch(kind, { name, namespace }, { type: 'merge', body: drift.body }, { fieldManager: 'somebody' });
}

/** The schema Job has a hash in its name. */
async function jobOf(client: Lab['client'], namespace: string): Promise<string> {
  const { items } = await client.list(builtinKinds.Job, { namespace });
  return items[0]?.metadata.name ?? '';
}

async function reconciles({ registry }: Running): Promise<number> {
  const metrics = await registry.getMetricsAsJSON();
  const total = metrics.find(({ name }) => name === 'controller_runtime_reconcile_total');
  return (total?.values ?? []).reduce((sum, { value }) => sum + Number(value), 0);
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
