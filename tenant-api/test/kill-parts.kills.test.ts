import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServices, type ServiceName, type Services } from '../../hack/services/index.ts';
import { createTestClient, type TestClient } from './support/client.ts';
import { allFinished, cutsByKind, documentsOf, uploadAll, wrongWith } from './support/fault-tenant.ts';
import { seededRandom } from './support/random.ts';
import { createTestTenant, eventually, type ApiProcess, type TestTenant } from './support/tenant.ts';

/** `LUNA_KILLS=20 LUNA_KILL_SEED=7` for the long run. */
const KILLS = Number(process.env['LUNA_KILLS'] ?? 1);
const SEED = Number(process.env['LUNA_KILL_SEED'] ?? 20261);
const SPAN_MS = 4_000;

let dir: string;
let services: Services;
let tenant: TestTenant;
let api: ApiProcess;
let client: TestClient;
let round = 0;

// Services of its own, to be killed; this file's process is its own, so the others' environment stays.
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'luna-kill-'));
  services = await startServices(undefined, { dir });
  Object.assign(process.env, services.env);
  tenant = await createTestTenant();
  api = await tenant.start({ RECONCILE_SECONDS: '2', INGEST_LEASE_SECONDS: '2' });
  await api.until(200);
  client = createTestClient(api.url, tenant.keys.admin);
});

afterAll(async () => {
  await tenant?.stop();
  await services?.stop();
  await rm(dir, { recursive: true, force: true });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each<ServiceName>(['qdrant', 'tika', 'ollama', 'timescaledb'])('%s', (name) => {
  it(
    `killed ${KILLS} times in the middle of ingest (seed ${SEED}): every job is done, and everything is there once`,
    async () => {
      const random = seededRandom(SEED + name.length * 1000);
      const scan = await readFile(new URL('fixtures/scan.jpg', import.meta.url));
      for (let kill = 0; kill < KILLS; kill += 1) {
        await uploadAll(client, documentsOf(round, scan));
        round += 1;
        await pause(random() * SPAN_MS);
        await services.kill(name);
        await pause(random() * 1_500);
        await services.start(name);
        await allFinished(tenant);
      }
      expect(api.child.exitCode).toBeNull();
      // What a kill took from the vector store after it was acknowledged, the next comparison brings back.
      let wrong: Record<string, unknown> = {};
      await eventually(async () => {
        wrong = await wrongWith(tenant);
        return Object.keys(wrong).length === 0 || (wrong['jobs'] !== undefined && 'give up');
      });
      expect(wrong).toEqual({});
      const cuts = await cutsByKind(tenant);
      expect([...cuts.values()].map((texts) => texts.size)).toEqual([1, 1, 1]);
    },
    120_000 + KILLS * 60_000,
  );
});
