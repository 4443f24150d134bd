import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '@luna-iems/tenant-db';
import { createTestClient } from './support/client.ts';
import { allFinished, cutsByKind, documentsOf, uploadAll, wrongWith } from './support/fault-tenant.ts';
import { seededRandom } from './support/random.ts';
import { createTestTenant, eventually, type ApiProcess, type TestTenant } from './support/tenant.ts';

/** `LUNA_KILLS=20 LUNA_KILL_SEED=7` for the long run. */
const KILLS = Number(process.env['LUNA_KILLS'] ?? 3);
const SEED = Number(process.env['LUNA_KILL_SEED'] ?? 20261);
/** An undisturbed round takes about as long as this on a slow machine: a kill may fall anywhere in it. */
const SPAN_MS = 4_000;
/** The service takes a document eight times and then puts it aside, since it may be what ends the service. */
const LAST_LIFE = 7;

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await createTestTenant();
});

afterAll(() => tenant.stop());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A document that was at work in so many lives of the service is let finish in this one: one more death would rightly be held against it. */
async function spareTheOften(): Promise<void> {
  await eventually(async () => {
    const often = await tenant.db.query(
      sql`select from ingest_jobs where finished_at is null and attempts >= ${LAST_LIFE}`,
    );
    return often.length === 0;
  });
}

async function startApi(): Promise<ApiProcess> {
  const api = await tenant.start({ INGEST_LEASE_SECONDS: '2' });
  await api.until(200);
  return api;
}

it(
  `${KILLS} kills of the service in the middle of ingest (seed ${SEED}) lose nothing and double nothing`,
  async () => {
    const random = seededRandom(SEED);
    const scan = await readFile(new URL('fixtures/scan.jpg', import.meta.url));
    const acknowledged: string[] = [];
    const interrupted: Record<string, number> = {};
    for (let round = 0; round < KILLS; round += 1) {
      const api = await startApi();
      const client = createTestClient(api.url, tenant.keys.admin);
      acknowledged.push(...(await uploadAll(client, documentsOf(round, scan))));
      // One more whose upload itself may be cut: it is there whole, or not at all.
      const cut = client
        .upload(`r${String(900 + round)}-kurz.html`, documentsOf(900 + round, scan)[1]?.content ?? '', {}, 0)
        .catch(() => undefined);
      await pause(random() * SPAN_MS);
      await spareTheOften();
      const states = await tenant.db.query<{ state: string }>(
        sql`select state from ingest_jobs where finished_at is null and leased_by is not null`,
      );
      for (const { state } of states) interrupted[state] = (interrupted[state] ?? 0) + 1;
      await api.signal('SIGKILL');
      await cut;
    }
    const last = await startApi();
    await allFinished(tenant);
    expect({ wrong: await wrongWith(tenant), log: last.child.exitCode === null ? '' : last.log() }).toEqual({
      wrong: {},
      log: '',
    });
    const done = await tenant.db.query<{ id: string }>(sql`select job_id as id from ingest_jobs where state = 'done'`);
    expect(acknowledged.filter((id) => !done.some((job) => job.id === id))).toEqual([]);
    const cuts = await cutsByKind(tenant);
    expect([...cuts].map(([kind, texts]) => [kind, texts.size])).toEqual([...cuts.keys()].map((kind) => [kind, 1]));
    expect(cuts.size).toBe(3);
    process.stdout.write(`interrupted jobs by state: ${JSON.stringify(interrupted)}; jobs in all: ${done.length}\n`);
  },
  120_000 + KILLS * 30_000,
);
