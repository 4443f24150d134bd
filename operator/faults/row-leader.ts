import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtinKinds, startTcpProxy, type TcpProxy } from '@luna-iems/kube-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lunaTenantKind } from '../src/tenant.ts';
import { killProcess, rightsOf, spawnOperator, writeKubeconfig } from '../src/testing/operator-process.ts';
import type { AuditEvent } from './audit.ts';
import { crew, pass, type Context } from './context.ts';
import type { Lab } from './lab.ts';
import { rightsKnown } from './rights.ts';
import { size } from './seed.ts';

/** One operator as a process of its own, under a service account of its own, so that the audit log can tell who wrote. */
interface Replica {
  readonly account: string;
  readonly process: ChildProcess;
  /** How often it said this. */
  said(words: string): number;
}

const ACCOUNTS = ['luna-operator', 'luna-operator-b'] as const;
/** Not asserted as a speed: after so long nobody will take over any more. */
const PATIENCE_MS = 120_000;
/** So many writes prove that somebody really leads. */
const AT_WORK = 5;

/** L1: two replicas; the leader freezes, dies, is cut off. Who wrote when is read from the API server's audit log. */
export function leaderRow(context: Context): void {
  const { lab, again } = context;
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
      await Promise.all(replicas.map((replica) => killProcess(replica.process)));
      await proxy.close();
      await rm(directory, { recursive: true, force: true });
      await lab().wipe();
    });

    const launch = async (account: string, server: string): Promise<Replica> => {
      const replica = await start(lab(), { account, server, directory });
      replicas.push(replica);
      await until(`${account} is there`, () => Promise.resolve(replica.said('luna-operator started') > 0));
      return replica;
    };
    /** The account's replica has written something from now on. */
    const works = async (account: string): Promise<void> => {
      const from = lab().audit.mark();
      const count = (): number =>
        termsOf(lab().audit.since(from)).reduce((sum, term) => sum + (term.account === account ? term.writes : 0), 0);
      await until(`${account} writes`, () => Promise.resolve(count() >= AT_WORK));
    };
    /** Seconds until the account's replica holds the lease; then it works. */
    const takesOver = async (account: string): Promise<number> => {
      const from = performance.now();
      await until(`${account} leads`, async () => (await holderOf(lab())).startsWith(`${account}_`));
      const seconds = (performance.now() - from) / 1000;
      await works(account);
      return seconds;
    };
    const survived = (what: string, seconds: number): void =>
      pass(context, { id: 'L1', what, tried: 1, note: `takeover ${seconds.toFixed(1)} s` });

    it('one leads at a time, whatever happens to it', async () => {
      const [one, two] = ACCOUNTS;
      const first = await launch(one, `https://127.0.0.1:${String(proxy.port)}`);
      await Promise.all(names.map((name) => lab().apply(name)));
      churn = setInterval(changing(lab(), names), 150);
      await takesOver(one);
      const second = await launch(two, lab().server.url);

      first.process.kill('SIGSTOP');
      survived('leader frozen (SIGSTOP) and thawed', await takesOver(two));
      // The thawed one believes for a moment that it still leads; it has work at once, for tenants went on changing.
      first.process.kill('SIGCONT');
      await until('the thawed one knows', () => Promise.resolve(first.said('leadership lost') === 1));
      await works(two);
      const expected = [one, two];

      if (size !== 'quick') {
        await killProcess(second.process);
        survived('leader killed (SIGKILL)', await takesOver(one));

        await launch(two, lab().server.url);
        await proxy.close();
        survived('leader cut off from the API server', await takesOver(two));
        await until('the one cut off knows', () => Promise.resolve(first.said('leadership lost') === 2));
        await works(two);
        expected.push(one, two);
      }
      clearInterval(churn);

      const terms = termsOf(lab().audit.since(mark));
      expect(
        terms.map(({ account }) => account),
        again,
      ).toEqual(expected);
      const idle = terms.filter(({ writes }) => writes < AT_WORK);
      pass(context, {
        id: 'L1',
        what: 'terms without a second writer, by the audit log',
        tried: terms.length,
        failures: idle.map(({ account, writes }) => `${account}: wrote only ${String(writes)} times in its term`),
        note: `${String(terms.reduce((sum, { writes }) => sum + writes, 0))} writes`,
      });
    }, 600_000);
  });
}

/** Changes one tenant after the other, each time it is called. */
function changing({ client }: Lab, names: readonly string[]): () => void {
  let turn = 0;
  return () => {
    turn += 1;
    const spec = { displayName: `turn ${String(turn)}`, api: { replicas: 1 + (turn % 4) } };
    const name = names[turn % names.length] ?? '';
    void client.patch(lunaTenantKind, { name }, { type: 'merge', body: { spec } }).catch(() => undefined);
  };
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

async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  const from = performance.now();
  while (!(await ask())) {
    if (performance.now() - from > PATIENCE_MS) throw new Error(`not within patience: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Who holds the lease; empty for nobody. */
async function holderOf({ client }: Lab): Promise<string> {
  const lease = await client.get(builtinKinds.Lease, { name: 'luna-operator', namespace: 'luna-system' });
  return ((lease?.['spec'] ?? {}) as { holderIdentity?: string }).holderIdentity ?? '';
}

async function start(
  lab: Lab,
  { account, server, directory }: { account: string; server: string; directory: string },
): Promise<Replica> {
  const { ca, token } = await lab.connect(account);
  const kubeconfig = writeKubeconfig(directory, { account, server, ca, token });
  const child = await spawnOperator({ account, kubeconfig, directory, stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (log += text));
  return { account, process: child, said: (words) => log.split(words).length - 1 };
}

/** Gives another service account all that the operator's has. */
async function grant({ client, transport, chart }: Lab, account: string): Promise<void> {
  for (const object of rightsOf(chart, account)) await client.apply(object, { fieldManager: 'test' });
  await rightsKnown(transport, chart, account);
}
