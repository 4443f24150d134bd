import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionConfig } from './connection-config.ts';
import { KubeError } from './errors.ts';
import { fenceWrites } from './fence.ts';
import { createRuntimeMetrics } from './metrics.ts';
import { answer, startScriptedServer, type Script, type ScriptedServer } from './testing/scripted-server.ts';
import { createTransport, type Transport, type TransportDeps } from './transport.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const connect = async (
  script: Script,
  deps: Omit<TransportDeps, 'config'> = {},
  config: Partial<ConnectionConfig> = {},
): Promise<{ server: ScriptedServer; transport: Transport }> => {
  const server = await startScriptedServer(script);
  const transport = createTransport({ ...deps, config: { ...config, server: server.url } });
  open.push(server, transport);
  return { server, transport };
};
const get = { method: 'GET', path: '/x' } as const;
const status = (code: number, reason = ''): object => ({ kind: 'Status', message: `said ${code}`, reason, code });
const collect = async (values: AsyncIterable<unknown>): Promise<unknown[]> => {
  const all = [];
  for await (const value of values) all.push(value);
  return all;
};

describe('transport', () => {
  it('sends JSON with its query, type and token, and gives the parsed answer', async () => {
    const { server, transport } = await connect(
      (_, response) => answer(response, 200, { fine: true }),
      { userAgent: 'me' },
      { token: 'secret' },
    );
    const query = { force: true, labelSelector: 'a=b,c', absent: undefined };
    const body = { from: [{ a: 1 }] };
    const contentType = 'application/apply-patch+yaml';
    expect(await transport.request({ method: 'PATCH', path: '/x', query, body, contentType })).toEqual({ fine: true });
    const [request] = server.seen;
    expect(request).toMatchObject({ method: 'PATCH', body: '{"from":[{"a":1}]}' });
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual({ force: 'true', labelSelector: 'a=b,c' });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': contentType,
      'user-agent': 'me',
      accept: 'application/json',
    });
  });

  it.each([
    [400, '', 'KUBE_BAD_REQUEST'],
    [401, '', 'KUBE_UNAUTHORIZED'],
    [403, '', 'KUBE_FORBIDDEN'],
    [404, '', 'KUBE_NOT_FOUND'],
    [409, 'AlreadyExists', 'KUBE_ALREADY_EXISTS'],
    [409, 'Conflict', 'KUBE_CONFLICT'],
    [410, '', 'KUBE_EXPIRED'],
    [415, '', 'KUBE_BAD_REQUEST'],
    [422, '', 'KUBE_INVALID'],
    [429, '', 'KUBE_THROTTLED'],
    [500, '', 'KUBE_SERVER'],
    [503, '', 'KUBE_SERVER'],
  ])('turns %d %s into %s, once', async (code, reason, expected) => {
    const { server, transport } = await connect((_, response) => answer(response, code, status(code, reason)));
    const error = await transport.request(get).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KubeError);
    expect(error).toMatchObject({ code: expected, status: code, message: `GET /x: said ${code}` });
    expect(server.seen).toHaveLength(1);
  });

  it('waits as Retry-After says, for 429 and 503, also before writes', async () => {
    const { server, transport } = await connect((_, response, index) => {
      if (index < 2) answer(response, index === 0 ? 429 : 503, status(429), { 'retry-after': '0' });
      else answer(response, 200, { fine: true });
    });
    expect(await transport.request({ method: 'POST', path: '/x', body: { a: 1 } })).toEqual({ fine: true });
    expect(server.seen.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
  });

  it('gives up in the end, and at once when told to wait for long', async () => {
    const { server, transport } = await connect((_, response) =>
      answer(response, 429, status(429), { 'retry-after': '0' }),
    );
    await expect(transport.request(get)).rejects.toMatchObject({ code: 'KUBE_THROTTLED' });
    expect(server.seen).toHaveLength(6);
    const far = await connect((_, response) => answer(response, 429, status(429), { 'retry-after': '3600' }));
    await expect(far.transport.request(get)).rejects.toMatchObject({ code: 'KUBE_THROTTLED', retryAfterSeconds: 3600 });
    expect(far.server.seen).toHaveLength(1);
  });

  it('reads the token file anew after a 401, and no more than once', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'kube-runtime-'));
    open.push({ close: () => rm(dir, { recursive: true }) });
    const tokenFile = join(dir, 'token');
    await writeFile(tokenFile, 'old\n');
    const script: Script = ({ headers }, response) =>
      headers.authorization === 'Bearer new' ? answer(response, 200, {}) : answer(response, 401, status(401));
    const { server, transport } = await connect(script, {}, { tokenFile });
    await expect(transport.request(get)).rejects.toMatchObject({ code: 'KUBE_UNAUTHORIZED' });
    expect(server.seen).toHaveLength(2);
    await writeFile(tokenFile, 'new\n');
    expect(await transport.request(get)).toEqual({});
    expect(await transport.request(get)).toEqual({});
    expect(server.seen.slice(2).map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
      'Bearer new',
    ]);
  });

  it('never sends a write twice because the connection broke', async () => {
    const { server, transport } = await connect((_, response) => response.destroy());
    await expect(transport.request({ method: 'POST', path: '/x', body: {} })).rejects.toMatchObject({
      code: 'KUBE_UNREACHABLE',
    });
    expect(server.seen).toHaveLength(1);
    await expect(transport.request(get)).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
    expect(server.seen).toHaveLength(3);
  });

  it('does not wait for ever, neither for an answer nor for its rest', async () => {
    const { transport } = await connect((request, response) => {
      if (request.url.pathname === '/rest') response.writeHead(200).write('{"a":');
    });
    await expect(transport.request({ ...get, timeoutMs: 50 })).rejects.toMatchObject({ code: 'KUBE_TIMEOUT' });
    await expect(transport.request({ ...get, path: '/rest', timeoutMs: 50 })).rejects.toMatchObject({
      code: 'KUBE_TIMEOUT',
    });
  });

  it('stops when the caller aborts, before and during a call', async () => {
    const { server, transport } = await connect(() => undefined);
    await expect(transport.request({ ...get, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'KUBE_ABORTED',
    });
    expect(server.seen).toHaveLength(0);
    const abort = new AbortController();
    const ended = expect(transport.request({ ...get, signal: abort.signal })).rejects.toMatchObject({
      code: 'KUBE_ABORTED',
    });
    abort.abort();
    await ended;
  });

  it('says so when the answer is no JSON', async () => {
    const { transport } = await connect((_, response) => response.end('<html>'));
    await expect(transport.request(get)).rejects.toMatchObject({ code: 'KUBE_PROTOCOL' });
  });

  it('streams values until the server ends or falls silent', async () => {
    const { transport } = await connect((request, response) => {
      response.write('{"n":1}\n{"n"');
      response.write(':2}\n');
      if (request.url.pathname === '/ends') response.end();
    });
    expect(await collect(await transport.stream({ ...get, path: '/ends' }))).toEqual([{ n: 1 }, { n: 2 }]);
    const silent = collect(await transport.stream({ ...get, inactivityMs: 50 }));
    await expect(silent).rejects.toMatchObject({ code: 'KUBE_TIMEOUT' });
  });

  it('counts requests by code, under the name others use', async () => {
    const metrics = createRuntimeMetrics(new Registry());
    const { server, transport } = await connect(
      (_, response, index) => answer(response, index === 0 ? 200 : 404, status(404)),
      { metrics },
    );
    await transport.request(get);
    await transport.request(get).catch(() => undefined);
    const text = await metrics.registry.metrics();
    const { host } = new URL(server.url);
    expect(text).toContain(`rest_client_requests_total{code="200",method="GET",host="${host}"} 1`);
    expect(text).toContain(`rest_client_requests_total{code="404",method="GET",host="${host}"} 1`);
  });
});

describe('fence', () => {
  it('lets reads pass and keeps writes home', async () => {
    let held = true;
    const { server, transport } = await connect((_, response) => answer(response, 200, {}));
    const fenced = fenceWrites(transport, () => held);
    await fenced.request({ method: 'PATCH', path: '/x', body: {} });
    held = false;
    await fenced.request(get);
    await expect(fenced.request({ method: 'DELETE', path: '/x' })).rejects.toMatchObject({ code: 'KUBE_FENCED' });
    expect(server.seen.map(({ method }) => method)).toEqual(['PATCH', 'GET']);
  });

  it('keeps a write home that waited while the lease ran out', async () => {
    let held = true;
    const { server, transport } = await connect((_, response) => {
      held = false;
      answer(response, 429, status(429), { 'retry-after': '0' });
    });
    const fenced = fenceWrites(transport, () => held);
    await expect(fenced.request({ method: 'PATCH', path: '/x', body: {} })).rejects.toMatchObject({
      code: 'KUBE_FENCED',
    });
    expect(server.seen).toHaveLength(1);
  });

  it('keeps a write home whose connection took too long to be made', async () => {
    const { server, transport } = await connect((_, response) => answer(response, 200, {}));
    let asked = 0;
    // Held when the call is made and when it is handed on; lost when it is to be written.
    const fenced = fenceWrites(transport, () => (asked += 1) < 3);
    await expect(fenced.request({ method: 'PATCH', path: '/x', body: {} })).rejects.toMatchObject({
      code: 'KUBE_FENCED',
    });
    expect(server.seen).toEqual([]);
    await transport.request(get);
  });

  it('breaks a write off when the lease runs out meanwhile, and stops as its caller says', async () => {
    let held = true;
    const { transport } = await connect(() => undefined);
    const fenced = fenceWrites(transport, () => held);
    const caller = new AbortController();
    const write = { method: 'PATCH', path: '/x', body: {} } as const;
    const stopped = fenced.request({ ...write, signal: caller.signal });
    const lost = fenced.request(write);
    caller.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'KUBE_ABORTED' });
    held = false;
    await expect(lost).rejects.toMatchObject({ code: 'KUBE_FENCED' });
  });
});
