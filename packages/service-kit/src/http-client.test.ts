import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createHttpClient, type HttpClient, type HttpClientOptions } from './http-client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, call: number) => void;

const closers: (() => Promise<void>)[] = [];

async function serve(
  handler: Handler,
  options: Partial<HttpClientOptions> = {},
): Promise<{ client: HttpClient; calls: () => number }> {
  let calls = 0;
  const server: Server = createServer((request, response) => handler(request, response, (calls += 1)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createHttpClient({ name: 'tika', baseUrl: `http://127.0.0.1:${port}/`, random: () => 0, ...options });
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, calls: () => calls };
}

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const answer = (response: ServerResponse, status: number, body = '', headers: Record<string, string> = {}): void => {
  response.writeHead(status, headers).end(body);
};

test('JSON goes out and comes back, with the fixed headers and the query', async () => {
  const { client } = await serve(
    (request, response) => {
      void readAll(request).then((body) =>
        answer(
          response,
          200,
          JSON.stringify({
            url: request.url,
            key: request.headers['api-key'],
            type: request.headers['content-type'],
            body,
          }),
        ),
      );
    },
    { headers: { 'api-key': 'k' } },
  );
  const result = await client.json({ method: 'POST', path: '/points', query: { wait: true }, json: { a: 1 } });
  expect(result).toEqual({ url: '/points?wait=true', key: 'k', type: 'application/json', body: '{"a":1}' });
});

test('an empty answer is undefined', async () => {
  const { client } = await serve((_request, response) => answer(response, 204));
  await expect(client.json({ method: 'DELETE', path: '/x' })).resolves.toBeUndefined();
});

test('an idempotent request survives a busy service', async () => {
  const { client, calls } = await serve((_request, response, call) => answer(response, call < 3 ? 502 : 200, '"fine"'));
  await expect(client.json({ path: '/x' })).resolves.toBe('fine');
  expect(calls()).toBe(3);
});

test('a POST is repeated for 503, which did nothing, and not for 502', async () => {
  const busy = await serve((_request, response, call) => answer(response, call === 1 ? 503 : 200, '"fine"'));
  await expect(busy.client.json({ method: 'POST', path: '/x', json: {} })).resolves.toBe('fine');
  const broken = await serve((_request, response) => answer(response, 502, 'bad gateway'));
  await expect(broken.client.json({ method: 'POST', path: '/x', json: {} })).rejects.toMatchObject({
    code: 'LUNA_HTTP_STATUS',
    upstreamStatus: 502,
    responseText: 'bad gateway',
    status: 502,
  });
  expect(broken.calls()).toBe(1);
});

test("a caller's mistake is not repeated", async () => {
  const { client, calls } = await serve((_request, response) => answer(response, 422, 'encrypted'));
  await expect(client.text({ path: '/x' })).rejects.toMatchObject({ upstreamStatus: 422 });
  expect(calls()).toBe(1);
});

test('tries are bounded', async () => {
  const { client, calls } = await serve((_request, response) => answer(response, 503), { retries: 1 });
  await expect(client.text({ path: '/x' })).rejects.toMatchObject({ upstreamStatus: 503 });
  expect(calls()).toBe(2);
});

test('a stream body is sent once; a function gives each try a fresh one', async () => {
  const echo: Handler = (request, response, call) => {
    void readAll(request).then((body) => answer(response, call === 1 ? 503 : 200, body));
  };
  const once = await serve(echo);
  await expect(once.client.text({ method: 'PUT', path: '/x', body: Readable.from(['bytes']) })).rejects.toMatchObject({
    upstreamStatus: 503,
  });
  expect(once.calls()).toBe(1);
  const again = await serve(echo);
  await expect(again.client.text({ method: 'PUT', path: '/x', body: () => Readable.from(['bytes']) })).resolves.toBe(
    'bytes',
  );
});

test('no answer in time is a timeout, and so is half an answer', async () => {
  const silent = await serve(() => undefined, { timeoutMs: 50, retries: 0 });
  await expect(silent.client.text({ path: '/x' })).rejects.toMatchObject({ code: 'LUNA_HTTP_TIMEOUT', status: 504 });
  const half = await serve((_request, response) => void response.writeHead(200).write('half'), {
    timeoutMs: 50,
    retries: 0,
  });
  await expect(half.client.text({ path: '/x' })).rejects.toMatchObject({ code: 'LUNA_HTTP_TIMEOUT' });
});

test('the caller can give up', async () => {
  const controller = new AbortController();
  const { client, calls } = await serve(() => controller.abort(new Error('shutting down')));
  await expect(client.text({ path: '/x', signal: controller.signal })).rejects.toMatchObject({
    code: 'LUNA_HTTP_ABORTED',
  });
  expect(calls()).toBe(1);
});

test('nobody there is said so, after the tries, also for a POST', async () => {
  const client = createHttpClient({ name: 'qdrant', baseUrl: 'http://127.0.0.1:1', retries: 1, random: () => 0 });
  await expect(client.json({ method: 'POST', path: '/x', json: {} })).rejects.toMatchObject({
    code: 'LUNA_HTTP_UNREACHABLE',
    status: 503,
    message: expect.stringContaining('qdrant: POST /x failed') as string,
  });
});

test('an answer over the limit is not read to its end', async () => {
  const { client } = await serve((_request, response) => answer(response, 200, 'x'.repeat(2000)), {
    maxResponseBytes: 1000,
  });
  await expect(client.text({ path: '/x' })).rejects.toMatchObject({ code: 'LUNA_HTTP_TOO_LARGE' });
});

test('something that is not JSON is named', async () => {
  const { client } = await serve((_request, response) => answer(response, 200, '<html>'));
  await expect(client.json({ path: '/x' })).rejects.toMatchObject({ code: 'LUNA_HTTP_BODY', responseText: '<html>' });
});

test('a stream arrives while the other side is still sending, past the timeout for its headers', async () => {
  const { client } = await serve(
    (_request, response) => {
      response.writeHead(200, { 'x-model': 'm' }).write('one ');
      setTimeout(() => response.end('two'), 1_500);
    },
    { timeoutMs: 1_000 },
  );
  const { status, headers, body } = await client.stream({ path: '/x', idleTimeoutMs: 10_000 });
  expect({ status, model: headers['x-model'] }).toEqual({ status: 200, model: 'm' });
  expect(await readAll(body)).toBe('one two');
});
