import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  createRawClient,
  embeddedTexts,
  isOfAsk,
  isOfIngest,
  isPreparation,
  onCollection,
  type Call,
} from './calls.ts';
import { runLoad, shared } from './load.ts';
import { startRecorder } from './recorder.ts';

const call = (part: Call['part'], method: string, path: string, body: unknown = ''): Call => ({
  ...{ part, method, path, headers: {} },
  body: Buffer.from(JSON.stringify(body)),
});
const embed = (...input: string[]): Call => call('ollama', 'POST', '/api/embed', { input });

test('calls of ingest are told from those of what runs beside it', () => {
  const ofIngest = [
    call('tika', 'PUT', '/rmeta/xml'),
    embed('ein Stück', 'noch eines'),
    call('qdrant', 'PUT', '/collections/chunks_ab12/points?wait=true', { points: [] }),
    call('qdrant', 'POST', '/collections/chunks/points/delete?wait=true', { filter: {} }),
  ];
  const beside = [
    call('tika', 'GET', '/version'),
    call('ollama', 'GET', '/api/tags'),
    embed('eine Frage'),
    call('qdrant', 'PUT', '/collections/chunks/points?wait=true', { points: [] }),
    call('qdrant', 'POST', '/collections/chunks/points/delete?wait=true', { points: ['a'] }),
    call('qdrant', 'PUT', '/collections/chunks_ab12/index?wait=true'),
  ];
  expect(ofIngest.map(isOfIngest)).not.toContain(false);
  expect(beside.map(isOfIngest)).not.toContain(true);
  expect([...ofIngest, ...beside].filter(isPreparation)).toEqual([beside.at(-1)]);
});

test('a question embeds and searches', () => {
  const search = call('qdrant', 'POST', '/collections/chunks/points/query/batch');
  expect([embed('eine Frage'), search, embed('a', 'b')].map(isOfAsk)).toEqual([true, true, true]);
  expect(isOfAsk(call('qdrant', 'GET', '/collections'))).toBe(false);
  expect([embed('a', 'b'), search].map(embeddedTexts)).toEqual([2, 0]);
});

test('a call goes to another collection, named by itself or by its alias', () => {
  const paths = [
    '/collections/chunks_ab12/points?wait=true',
    '/collections/chunks/points/delete',
    '/collections/chunks_ab12',
  ];
  expect(paths.map((path) => onCollection(call('qdrant', 'PUT', path), 'raw').path)).toEqual([
    '/collections/raw/points?wait=true',
    '/collections/raw/points/delete',
    '/collections/raw',
  ]);
});

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test('what was recorded can be sent again, byte by byte, to the part itself', async () => {
  const got: unknown[] = [];
  const part = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => {
      const { method, url, headers } = incoming;
      got.push({ method, url, type: headers['content-type'], body: Buffer.concat(pieces).toString() });
      outgoing.statusCode = url === '/bad' ? 500 : 200;
      outgoing.end('Zähler');
    });
  }).listen(0, '127.0.0.1');
  await once(part, 'listening');
  closers.push(() => new Promise((resolve) => part.close(resolve)));
  const url = `http://127.0.0.1:${(part.address() as AddressInfo).port}`;
  const calls: Call[] = [];
  const recorder = await startRecorder('tika', url, calls);
  closers.push(() => recorder.close());
  const answer = await fetch(`${recorder.url}/rmeta/xml?a=b`, {
    method: 'PUT',
    headers: { 'content-type': 'text/html' },
    body: 'für',
  });
  expect(await answer.text()).toBe('Zähler');

  const raw = createRawClient({ tika: url, ollama: '', qdrant: '' });
  closers.push(() => raw.close());
  expect(calls).toHaveLength(1);
  for (const one of calls) await raw.send(one);
  expect(got).toEqual([got[0], got[0]]);
  expect(got[0]).toEqual({ method: 'PUT', url: '/rmeta/xml?a=b', type: 'text/html', body: 'für' });
  await expect(raw.send({ ...call('tika', 'GET', '/bad'), body: Buffer.of() })).rejects.toThrow('LUNA_BENCH_RAW');
});

test('a load keeps to its number at once, and tells every time in order', async () => {
  let running = 0;
  let most = 0;
  const { milliseconds } = await runLoad(Array.from({ length: 20 }), 3, async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  });
  expect([most, milliseconds.length, milliseconds.filter(Number.isFinite).length]).toEqual([3, 20, 20]);
  const failing = runLoad([1, 2], 2, async (item) => (item === 2 ? Promise.reject(new Error('no')) : item));
  await expect(failing).rejects.toThrow('no');
  expect(shared([1, 2, 3, 4, 5], 3)).toEqual([[1], [2, 3], [4, 5]]);
});
