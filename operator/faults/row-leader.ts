import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtinKinds, startTcpProxy, type KubeObject, type TcpProxy } from '@luna-iems/kube-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../hack/apiserver/ports.ts';
import { lunaTenantKind } from '../src/tenant.ts';
import { repository } from '../src/testing/cluster.ts';
import type { AuditEvent } from './audit.ts';
import { crew, type Context } from './context.ts';
import type { Lab } from './lab.ts';

/** One operator as a process of its own, under a service account of its own, so that the audit log can tell who wrote. */
interface Replica {
  readonly account: string;
  readonly process: ChildProcess;
}

const ACCOUNTS = ['luna-operator', 'luna-operator-b'] as const;
/** Not asserted as a speed: after so long nobody will take over any more. */
const PATIENCE_MS = 60_000;

/** L1: two replicas; the leader freezes, dies, is cut off. Who wrote when is read from the API server's audit log. */
export function leaderRow({ lab, tally, again }: Context): void {
  describe('L1: two replicas', () => {
    const names = crew('lead', 3);
    const replicas: Replica[] = [];
    let directory = '';
    let proxy: TcpProxy;
    let mark = 0;
    let churn: ReturnType<typeof setInterval> | undefined;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'luna-leader-'));
      proxy = await startTcpProxy(Number(new URL(lab().server.url).port));
      await grant(lab(), ACCOUNTS[1]);
      const settings = lab().chart.find(({ kind }) => kind === 'ConfigMap')?.['data'] as Record<string, string>;
      writeFileSync(join(directory, 'config.yaml'), settings['config.yaml'] ?? '');
      mark = lab().audit.mark();
    });
    afterAll(async () => {
      clearInterval(churn);
      await Promise.all(replicas.map(end));
      await proxy.close();
      await rm(directory, { recursive: true, force: true });
      await lab().wipe();
    });

    const launch = async (account: string, server: string): Promise<Replica> => {
      const replica = { account, process: await start(lab(), { account, server, directory }) };
      replicas.push(replica);
      return replica;
    };
    const survived = (what: string, ms: number): void => {
      const row = tally.row('L1', what);
      row.tried += 1;
      row.survived += 1;
      row.notes.push(`takeover ${(ms / 1000).toFixed(1)} s`);
    };

    it('one leads at a time, whatever happens to it', async () => {
      const [one, two] = ACCOUNTS;
      const first = await launch(one, `https://127.0.0.1:${String(proxy.port)}`);
      await untilHolder(lab(), one);
      const second = await launch(two, lab().server.url);
      await Promise.all(names.map((name) => lab().apply(name)));
      let turn = 0;
      churn = setInterval(() => {
        turn += 1;
        const spec = { displayName: `turn ${String(turn)}`, api: { replicas: 1 + (turn % 4) } };
        const name = names[turn % names.length] ?? '';
        void lab()
          .client.patch(lunaTenantKind, { name }, { type: 'merge', body: { spec } })
          .catch(() => undefined);
      }, 150);

      first.process.kill('SIGSTOP');
      const frozen = await untilHolder(lab(), two);
      first.process.kill('SIGCONT');
      // The thawed one believes for a moment that it still leads; it has work at once, for tenants went on changing.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      survived('leader frozen (SIGSTOP) and thawed', frozen);

      await end(second);
      const killed = await untilHolder(lab(), one);
      survived('leader killed (SIGKILL)', killed);

      await launch(two, lab().server.url);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      await proxy.close();
      const cut = await untilHolder(lab(), two);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      survived('leader cut off from the API server', cut);
      clearInterval(churn);

      const terms = termsOf(lab().audit.since(mark));
      expect(
        terms.map(({ account }) => account),
        again,
      ).toEqual([one, two, one, two]);
      const row = tally.row('L1', 'terms without a second writer, by the audit log');
      row.tried += terms.length;
      row.survived += terms.length;
      row.notes.push(`${String(terms.reduce((sum, { writes }) => sum + writes, 0))} writes`);
    }, 300_000);
  });
}

/** Who wrote, one after the other; leases apart, for candidates try those too. */
function termsOf(events: readonly AuditEvent[]): { account: string; writes: number }[] {
  const terms: { account: string; writes: number }[] = [];
  const writes = events
    .filter(({ objectRef, responseStatus }) => objectRef?.resource !== 'leases' && (responseStatus?.code ?? 500) < 300)
    .sort((a, b) => a.stageTimestamp.localeCompare(b.stageTimestamp));
  for (const { user } of writes) {
    const account = user.username.split(':').at(-1) ?? '';
    const last = terms.at(-1);
    if (last?.account === account) last.writes += 1;
    else terms.push({ account, writes: 1 });
  }
  return terms;
}

/** Milliseconds until this account's replica holds the lease. */
async function untilHolder({ client }: Lab, account: string): Promise<number> {
  const from = performance.now();
  for (;;) {
    const lease = await client.get(builtinKinds.Lease, { name: 'luna-operator', namespace: 'luna-system' });
    const { holderIdentity } = (lease?.['spec'] ?? {}) as { holderIdentity?: string };
    if (holderIdentity?.startsWith(`${account}_`)) return performance.now() - from;
    if (performance.now() - from > PATIENCE_MS)
      throw new Error(`${account} does not take over from ${holderIdentity ?? 'nobody'}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function start(
  lab: Lab,
  { account, server, directory }: { account: string; server: string; directory: string },
): Promise<ChildProcess> {
  const { ca, token } = await lab.connect(account);
  const kubeconfig = join(directory, `${account}.json`);
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca ?? '').toString('base64') };
  const settings = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster }],
    users: [{ name: account, user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: account } }],
    'current-context': 'lab',
  };
  writeFileSync(kubeconfig, JSON.stringify(settings), { mode: 0o600 });
  const [port = 0] = await freePorts(1);
  return spawn(process.execPath, [join(repository, 'operator/src/main.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      KUBECONFIG: kubeconfig,
      LUNA_CONFIG: join(directory, 'config.yaml'),
      POD_NAME: account,
      POD_NAMESPACE: 'luna-system',
      PORT: String(port),
    },
  });
}

async function end({ process: child }: Replica): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Gives another service account all that the operator's has. */
async function grant({ client, chart }: Lab, account: string): Promise<void> {
  const subject = { kind: 'ServiceAccount', name: account, namespace: 'luna-system' };
  const bindings = chart.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding');
  const objects: KubeObject[] = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: 'luna-system' } },
    ...bindings.map((binding) => ({
      ...binding,
      metadata: { ...binding.metadata, name: `${binding.metadata.name}-b` },
      subjects: [subject],
    })),
  ];
  for (const object of objects) await client.apply(object, { fieldManager: 'test' });
}
