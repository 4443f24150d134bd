import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { builtinKinds } from '@luna-iems/kube-runtime';
import { startApiServer, type ApiServer } from '../../hack/apiserver/index.ts';
import { lunaTenantKind } from './tenant.ts';
import { eventually, tenantObject } from './testing/cluster.ts';
import { prepareReplicas, type Replica, type Replicas } from './testing/replicas.ts';

/** What the API server noted of a write by one of the replicas. */
interface AuditEvent {
  user: { username: string };
  verb: string;
  objectRef: { resource: string; namespace?: string; name?: string };
  responseStatus: { code: number };
  requestObject?: { spec?: { holderIdentity?: string } };
  requestReceivedTimestamp: string;
  stageTimestamp: string;
}

/** What replicas write: of leases with content, of the rest who and when. */
const auditRules = [
  { level: 'None', verbs: ['get', 'list', 'watch'] },
  {
    level: 'Request',
    userGroups: ['system:serviceaccounts:luna-system'],
    resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }],
  },
  { level: 'Metadata', userGroups: ['system:serviceaccounts:luna-system'] },
  { level: 'None' },
];

const ACCOUNTS = { a: 'replica-a', b: 'replica-b' } as const;
const TENANTS = ['busy-1', 'busy-2', 'busy-3'];

/** Real processes under SIGSTOP, SIGKILL and a cut cable. Who wrote when is told by the API server alone. */
describe('two replicas of the operator', () => {
  let server: ApiServer;
  let replicas: Replicas;
  let first: Replica;
  let second: Replica;
  let churn: Promise<void>;
  const stop = new AbortController();
  beforeAll(async () => {
    server = await startApiServer({ auditRules });
    replicas = await prepareReplicas(server);
    first = await replicas.launch(ACCOUNTS.a);
    await leads(first);
    second = await replicas.launch(ACCOUNTS.b);
    for (const name of TENANTS) await replicas.client.apply(tenantObject(name), { fieldManager: 'kubectl' });
    await progress(first);
    churn = keepChanging();
  });
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    process.stderr.write(`${first.log().slice(-3000)}\n---\n${second.log().slice(-3000)}\n`);
  });
  afterAll(async () => {
    stop.abort();
    await churn;
    await replicas.stop();
    await server.stop();
  });

  /** Tenants change all the time, so that a leader always has something to write. */
  const keepChanging = async (): Promise<void> => {
    for (let turn = 0; !stop.signal.aborted; turn += 1) {
      const name = TENANTS[turn % TENANTS.length] ?? '';
      const body = { spec: { displayName: `turn ${String(turn)}` } };
      await replicas.client.patch(lunaTenantKind, { name }, { type: 'merge', body });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const events = (): AuditEvent[] =>
    readFileSync(server.auditLog ?? '', 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as AuditEvent)
      .filter(({ responseStatus }) => responseStatus.code < 300);
  const leads = (replica: Replica): Promise<void> =>
    eventually(`${replica.account} leads`, async () => {
      const lease = await replicas.client.get(builtinKinds.Lease, { name: 'luna-operator', namespace: 'luna-system' });
      const { holderIdentity = '' } = (lease?.['spec'] ?? {}) as { holderIdentity?: string };
      return holderIdentity.startsWith(`${replica.account}_`);
    });
  /** Waits until this replica wrote twenty times more. */
  const progress = async (replica: Replica): Promise<void> => {
    const count = (): number => events().filter((event) => isWork(event) && writer(event) === replica.account).length;
    const before = count();
    await eventually(`${replica.account} works`, async () => Promise.resolve(count() >= before + 20));
  };
  const noticesItsLoss = (replica: Replica): Promise<void> =>
    eventually(`${replica.account} knows that it leads no more`, async () =>
      Promise.resolve(replica.log().includes('leadership lost')),
    );

  it('the leader is frozen: the other takes over, and the thawed one writes nothing more', async () => {
    first.signal('SIGSTOP');
    await leads(second);
    await progress(second);
    first.signal('SIGCONT');
    await noticesItsLoss(first);
    await progress(second);
    expect(foreignWrites(events())).toEqual([]);
  });

  it('the leader is killed', async () => {
    await second.kill();
    await leads(first);
    await progress(first);
    expect(foreignWrites(events())).toEqual([]);
  });

  it('the leader is cut off: it gives up by itself, and what it had sent does not arrive when the cable is back', async () => {
    second = await replicas.launch(ACCOUNTS.b);
    const losses = first.log().split('leadership lost').length;
    await eventually('the other waits for its turn', async () =>
      Promise.resolve(second.log().includes('caches are filled')),
    );
    first.cable.block();
    await leads(second);
    await progress(second);
    await eventually('the leader gives up by itself', async () =>
      Promise.resolve(first.log().split('leadership lost').length > losses),
    );
    first.cable.unblock();
    await progress(second);
    expect(foreignWrites(events())).toEqual([]);
  });

  it('they led one after the other, and never two of them wrote', async ({ annotate }) => {
    const terms = termsOf(events());
    expect(terms.map(({ holder }) => holder)).toEqual([ACCOUNTS.a, ACCOUNTS.b, ACCOUNTS.a, ACCOUNTS.b]);
    const gaps = terms.slice(1).map(({ fromMs }, index) => fromMs - (terms[index]?.lastRenewalMs ?? 0));
    // Told and not asserted: it is 15 s of lease and what a busy machine adds.
    await annotate(`nobody led for ${gaps.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', ')}`);
    const order = events()
      .filter(isWork)
      .sort((one, other) => one.stageTimestamp.localeCompare(other.stageTimestamp))
      .map(writer);
    expect(order.filter((name, index) => name !== order[index - 1])).toEqual(terms.map(({ holder }) => holder));
  });
});

const writer = ({ user }: AuditEvent): string => user.username.split(':').at(-1) ?? '';
/** All but elections. Candidates touch leases too. */
const isWork = ({ objectRef }: AuditEvent): boolean => objectRef.resource !== 'leases';

interface Term {
  readonly holder: string;
  readonly from: string;
  readonly fromMs: number;
  lastRenewalMs: number;
}

/** Who held the lease from when, and renewed it last when, by the API server's clock. */
function termsOf(events: readonly AuditEvent[]): Term[] {
  const terms: Term[] = [];
  const grants = events
    .filter((event) => !isWork(event) && event.requestObject?.spec?.holderIdentity !== '')
    .sort((one, other) => one.stageTimestamp.localeCompare(other.stageTimestamp));
  for (const event of grants) {
    const [holder, ms] = [writer(event), Date.parse(event.stageTimestamp)];
    const last = terms.at(-1);
    if (last?.holder === holder) last.lastRenewalMs = ms;
    else terms.push({ holder, from: event.stageTimestamp, fromMs: ms, lastRenewalMs: ms });
  }
  return terms;
}

/** Writes that were answered while the lease was another's. */
function foreignWrites(events: readonly AuditEvent[]): string[] {
  const terms = termsOf(events);
  // With microseconds, which Date would drop.
  const holderAt = (time: string): string | undefined => terms.findLast(({ from }) => from < time)?.holder;
  return events
    .filter(isWork)
    .filter((event) => writer(event) !== holderAt(event.stageTimestamp))
    .map(
      ({ stageTimestamp, verb, objectRef, user }) =>
        `${stageTimestamp} ${user.username} ${verb} ${objectRef.resource}/${objectRef.name ?? ''}`,
    );
}
