import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '@luna-iems/tenant-db';
import { createTestClient, type TestClient } from './support/client.ts';
import { makeDocx } from './support/docx.ts';
import { makePdf } from './support/pdf.ts';
import { seededRandom } from './support/random.ts';
import { createTestTenant, eventually, type ApiProcess, type TestTenant } from './support/tenant.ts';
import { liveChunkIds, pointIds, worldOf } from './support/world.ts';

const FILES = 20;
const TIMES = 10;

let tenant: TestTenant;
let api: ApiProcess;
let client: TestClient;

beforeAll(async () => {
  tenant = await createTestTenant();
  api = await tenant.start();
  await api.until(200);
  client = createTestClient(api.url, tenant.keys.admin);
});

afterAll(() => tenant.stop());

const makers: readonly [string, (text: string) => Buffer | string][] = [
  ['txt', (text) => text],
  ['md', (text) => `# Akte\n\n${text}`],
  ['pdf', (text) => makePdf([[text]])],
  ['docx', (text) => makeDocx(['# Akte', text])],
];

const files = Array.from({ length: FILES }, (_, n) => {
  const [ending, make] = makers[n % makers.length] as (typeof makers)[number];
  return { name: `akte-${n}.${ending}`, content: make(`Die Akte ${n} gehört zur Station ${n * 31} im Netz Nord.`) };
});

/** The sum of a counter's samples whose labels contain a text. */
async function metric(name: string, label: string): Promise<number> {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

it(`${FILES * TIMES} uploads at once of ${FILES} files are ${FILES} items, each embedded once`, async () => {
  const random = seededRandom(20261);
  const uploads = Array.from({ length: TIMES }, () => files)
    .flat()
    .map((file) => ({ file, at: random() }))
    .sort((a, b) => a.at - b.at);
  const replies = await Promise.all(uploads.map(({ file }) => client.upload(file.name, file.content, {}, 0)));
  expect(replies.filter((reply) => reply.status !== 202).map((reply) => reply.body)).toEqual([]);

  await eventually(async () => {
    const [open] = await tenant.db.query<{ n: number }>(
      sql`select count(*) as n from ingest_jobs where finished_at is null`,
    );
    return open?.n === 0;
  });
  const states = await tenant.db.query<{ state: string; n: number }>(
    sql`select state, count(*) as n from ingest_jobs group by state order by state`,
  );
  expect(states).toEqual([
    { state: 'done', n: FILES },
    { state: 'duplicate', n: FILES * (TIMES - 1) },
  ]);
  expect(await metric('luna_ingest_stage_duration_seconds_count', 'stage="embedding"')).toBe(FILES);
  expect(await worldOf(tenant)).toMatchObject({ items: FILES, versions: [1], staged: 0, fileParts: FILES });
  expect(await pointIds(tenant)).toEqual(await liveChunkIds(tenant));
});
