import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestClient, type AskReply, type TestClient } from './support/client.ts';
import { createTestTenant, type TestTenant } from './support/tenant.ts';
import { worldOf } from './support/world.ts';

const CLIENTS = 20;
const VERSIONS = 6;
const source = 'liefervertrag.txt';

let tenant: TestTenant;
let client: TestClient;

/** Every paragraph says which version it is of, so that an answer tells where each part of it came from. */
function versionText(version: number): string {
  const facts = [`Die Vertragslaufzeit des Liefervertrags beträgt ${20 + version} Monate laut Fassung ${version}.`];
  const filler = Array.from(
    { length: 30 },
    (_, n) =>
      `Paragraph ${n + 1} des Liefervertrags regelt in Fassung ${version} die Lieferstelle Nummer ${n * 3} und ihre Ablesung.`,
  );
  return [...facts, ...filler].join('\n\n');
}

beforeAll(async () => {
  tenant = await createTestTenant();
  const api = await tenant.start({ RATE_LIMIT_PER_MINUTE: '1000000' });
  await api.until(200);
  client = createTestClient(api.url, tenant.keys.admin);
  expect((await client.upload(source, versionText(1))).body['state']).toBe('done');
  expect(
    (await client.upload('anderes.txt', 'Die Kündigungsfrist des Wartungsvertrags beträgt drei Monate.')).body['state'],
  ).toBe('done');
});

afterAll(() => tenant.stop());

/** Numbers of the versions that an answer has parts of, passages included. */
function versionsIn(reply: AskReply): number[] {
  const texts = [reply.answer, ...reply.citations.map((one) => one.quote), ...reply.passages.map((one) => one.text)];
  const found = texts.flatMap((text) => [...text.matchAll(/Fassung (\d+)/gu)].map((match) => Number(match[1])));
  return [...new Set(found)];
}

it('while versions of a document follow each other, every answer is from exactly one of them', async () => {
  const replies: AskReply[] = [];
  const state = { over: false };
  const asking = Array.from({ length: CLIENTS }, async (_, n) => {
    const filters = n % 2 === 0 ? {} : { filters: { source } };
    while (!state.over)
      replies.push(await client.ask('Wie lange ist die Vertragslaufzeit des Liefervertrags?', filters));
  });
  for (let version = 2; version <= VERSIONS; version += 1) {
    const { body } = await client.upload(source, versionText(version));
    expect(body).toMatchObject({ state: 'done', version });
  }
  state.over = true;
  await Promise.all(asking);

  const without = replies.filter((reply) => reply.refused || reply.citations.every((one) => one.source !== source));
  expect(without).toEqual([]);
  expect(
    replies
      .filter((reply) => versionsIn(reply).length !== 1)
      .map((reply) => ({ versions: versionsIn(reply), answer: reply.answer })),
  ).toEqual([]);
  const seen = new Set(replies.flatMap(versionsIn));
  expect(seen.size).toBeGreaterThan(1);
  const world = await worldOf(tenant, source);
  expect(world).toMatchObject({ items: 1, versions: [VERSIONS], points: world.chunks, staged: 0 });
});
