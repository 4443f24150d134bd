import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '@luna-iems/service-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ReaderStatus } from '../src/ask/reader.ts';
import { createOllama } from '../src/embed/ollama.ts';
import { loadChatModel, loadedContext } from './support/chat-model.ts';
import { createTestClient, type TestClient } from './support/client.ts';
import { createTestTenant, eventually, type TestTenant } from './support/tenant.ts';

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await createTestTenant();
});

// A process that outlives its test would take the next one's jobs.
afterEach(() => tenant.endAll());
afterAll(() => tenant.stop());

const text = 'Die OBIS-Kennzahl 1.8.0 bedeutet den Gesamtbezug aus dem Netz.';
const question = 'Was bedeutet die OBIS-Kennzahl 1.8.0?';

async function events(client: TestClient): Promise<{ event: string; data: Record<string, unknown> }[]> {
  const { body } = await client.request<string>('POST', '/rag/ask', {
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ question }),
  });
  return [...body.matchAll(/^event: (\w+)\ndata: (.*)$/gmu)].map(([, event = '', data = '']) => ({
    event,
    data: JSON.parse(data) as Record<string, unknown>,
  }));
}

const summary = async (client: TestClient): Promise<Record<string, unknown>> =>
  (await client.request<Record<string, unknown>>('GET', '/status/summary')).body;

const partOf = async (client: TestClient, name: string): Promise<unknown> =>
  ((await summary(client))['components'] as Record<string, unknown>)[name];

describe('with a chat model', () => {
  it('the answer is generated and its tokens stream; what they mean is up to the model', async () => {
    await loadChatModel('luna-babble', 8192);
    const api = await tenant.start({ CHAT_MODEL: 'luna-babble' });
    await api.until(200);
    const client = createTestClient(api.url, tenant.keys.admin);
    expect((await client.upload('obis.txt', text)).body).toMatchObject({ state: 'done' });
    const told = await events(client);
    const sources = told.filter(({ event }) => event === 'sources');
    expect(told.slice(0, 2), api.log()).toEqual(sources);
    expect(sources[0]?.data).not.toHaveProperty('mode');
    expect(sources[1]?.data).toMatchObject({ mode: 'generated', evidence: 'clear' });
    expect(sources[0]?.data['passages']).toMatchObject([{ text: expect.stringContaining(text) }]);
    expect(told.filter(({ event }) => event === 'token').length).toBeGreaterThan(5);
    const done = told.at(-1);
    expect(done?.event, api.log()).toBe('done');
    expect(done?.data).toMatchObject({ mode: 'generated', language: 'de' });
    expect((done?.data['passages'] as { text: string }[])[0]?.text).toContain(text);
    expect(await loadedContext('luna-babble')).toBe(8192);
    expect(await summary(client)).toMatchObject({ chat: { model: 'luna-babble', mode: 'generated' } });
    const goesOn = await client.ask(`Und ${question}`, { history: [{ question: 'Wie heißt die Kennzahl?' }] });
    expect(goesOn, api.log()).toMatchObject({ mode: 'generated' });
    expect(await loadedContext('luna-babble')).toBe(8192);
  });

  it('that is not there, the answer is extractive', async () => {
    const api = await tenant.start({ CHAT_MODEL: 'nobody-has-this' });
    await api.until(200);
    const client = createTestClient(api.url, tenant.keys.admin);
    expect(await client.ask(question)).toMatchObject({ mode: 'extractive', refused: false, answer: `„${text}“ [1]` });
    expect(await summary(client)).toMatchObject({
      ready: true,
      chat: { model: 'nobody-has-this', mode: 'extractive' },
    });
    const error = expect.stringContaining('has no "nobody-has-this": answers are quotes');
    expect(await partOf(client, 'chat')).toMatchObject({ ok: false, error });
  });
});

describe('with a reader', () => {
  it('how an answer would begin is told with its chances, and does not depend on luck', async () => {
    await loadChatModel('luna-babble', 4096);
    const http = createHttpClient({ name: 'ollama', baseUrl: process.env['OLLAMA_URL'] ?? '' });
    const asked = { model: 'luna-babble', messages: [{ role: 'user', content: question }], numCtx: 4096 } as const;
    const ollama = createOllama(http);
    const [first, again] = [await ollama.firstTokens(asked), await ollama.firstTokens(asked)];
    await http.close();
    expect([...first.keys()][0]).toBe([...again.keys()][0]);
    expect(first.size).toBeGreaterThan(5);
    const chances = [...first.values()];
    expect(Math.min(...chances)).toBeGreaterThan(0);
    expect(chances.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(1.000_01);
  });

  it('that only babbles fails its test and is not heard: evidence is what words and vectors say', async () => {
    const without = await tenant.start();
    await without.until(200);
    const told = await createTestClient(without.url, tenant.keys.admin).ask(question);
    expect(await summary(createTestClient(without.url, tenant.keys.admin))).toMatchObject({ reader: null });
    const api = await tenant.start({ READER_MODEL: 'luna-babble' });
    await api.until(200);
    const client = createTestClient(api.url, tenant.keys.admin);
    const reader = async (): Promise<ReaderStatus> => (await summary(client))['reader'] as ReaderStatus;
    await eventually(async () => (await reader()).selfTest !== 'pending');
    expect(await reader(), api.log()).toMatchObject({ model: 'luna-babble', selfTest: 'failed' });
    const error = expect.stringContaining('does not tell answers apart');
    expect(await partOf(client, 'reader')).toMatchObject({ ok: false, error });
    expect(await client.ask(question)).toEqual(told);
  });

  it('that is not there, questions are answered without it', async () => {
    const api = await tenant.start({ READER_MODEL: 'nobody-has-this' });
    await api.until(200);
    const client = createTestClient(api.url, tenant.keys.admin);
    expect(await client.ask(question)).toMatchObject({ evidence: 'clear', refused: false });
    expect(await summary(client)).toMatchObject({ reader: { model: 'nobody-has-this', selfTest: 'pending' } });
    const error = expect.stringContaining('has no "nobody-has-this": words and vectors judge');
    expect(await partOf(client, 'reader')).toMatchObject({ ok: false, error });
  });
});

describe('a model server that maps everything to one vector', () => {
  let server: Server;
  afterAll(() => server.close());

  it('is refused: not ready, with the reason, and nothing is indexed', async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        const inputs = (JSON.parse(body || '{}') as { input?: string[] }).input ?? [];
        const answers: Record<string, unknown> = {
          '/api/version': { version: '0.99.0' },
          '/api/tags': { models: [{ name: 'all-minilm:latest', digest: 'stub' }] },
          '/api/embed': { embeddings: inputs.map(() => [1, ...Array<number>(383).fill(0)]) },
        };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(answers[request.url ?? ''] ?? {}));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const api = await tenant.start({ OLLAMA_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const client = createTestClient(api.url, tenant.keys.admin);
    await api.until(503);
    const reason = await eventually(async () => {
      const { reasons } = (await client.request<{ reasons: string[] }>('GET', '/health/ready')).body;
      return reasons.find((one) => one.includes('fails the self-test'));
    });
    expect(reason).toContain('come out the same');
    const points = (await tenant.qdrant.count('chunks', { exact: true })).count;
    const { status, body } = await client.upload('wartet.txt', 'Dieser Text wartet auf ein Modell, das taugt.', {}, 0);
    expect({ status, state: body['state'] }).toEqual({ status: 202, state: 'queued' });
    expect((await tenant.qdrant.count('chunks', { exact: true })).count).toBe(points);
  });
});
