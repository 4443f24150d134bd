import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { builtinKinds } from './kinds.ts';
import { createReflector, type Reflector } from './reflector.ts';
import { contentChanged, fromReflector, specOrMetadataChanged } from './source.ts';
import { answer, startScriptedServer, type ScriptedServer } from './testing/scripted-server.ts';
import { createTransport } from './transport.ts';
import type { KubeObject } from './types.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const object = (name: string, version: number, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n', resourceVersion: String(version) },
  ...more,
});
const list = (version: number, ...items: KubeObject[]): object => ({
  metadata: { resourceVersion: String(version) },
  items,
});
const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
/** What the server does, request by request; the last one repeats. `watch` lines are sent and the connection stays open unless `end`. */
type Move =
  { list: object } | { status: number; body?: unknown } | { watch: unknown[]; end?: boolean } | { break: true };

/** A reflector of the server's ConfigMaps, until the test is over; the server ends with it. */
const reflecting = (server: ScriptedServer): Reflector<KubeObject> => {
  const transport = createTransport({ config: { server: server.url } });
  const abort = new AbortController();
  const reflector = createReflector({
    client: createClient({ transport }),
    kind: builtinKinds.ConfigMap,
    backoff: { baseMs: 1, maxMs: 5 },
  });
  const done = reflector.run(abort.signal);
  stops.push(async () => {
    abort.abort();
    await done;
    await transport.close();
    await server.close();
  });
  return reflector;
};

const play = async (...moves: Move[]): Promise<{ reflector: Reflector<KubeObject>; server: ScriptedServer }> => {
  const server = await startScriptedServer((_, response, index) => {
    const move = moves[Math.min(index, moves.length - 1)];
    if (!move || 'break' in move) return void response.destroy();
    if ('list' in move) return answer(response, 200, move.list);
    if ('status' in move) return answer(response, move.status, move.body ?? { message: 'as told' });
    for (const event of move.watch) response.write(`${JSON.stringify(event)}\n`);
    if (move.end) response.end();
    else response.flushHeaders();
  });
  return { reflector: reflecting(server), server };
};
const until = async (ask: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 2000 && !ask(); turn++) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(ask()).toBe(true);
};
const versions = (reflector: Reflector<KubeObject>): string[] =>
  reflector.store.list().map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`);
const kindsOfCalls = (server: ScriptedServer): string[] =>
  server.seen.map(({ url }) =>
    url.searchParams.has('watch') ? `watch ${url.searchParams.get('resourceVersion')}` : 'list',
  );
const open: Move = { watch: [] };

describe('reflector and a server that misbehaves', () => {
  it('resumes a broken watch where the last event or bookmark left it', async () => {
    const { reflector, server } = await play(
      { list: list(10, object('a', 5)) },
      { watch: [{ type: 'MODIFIED', object: object('a', 11) }], end: true },
      { break: true },
      { watch: [{ type: 'BOOKMARK', object: { metadata: { resourceVersion: '20' } } }], end: true },
      open,
    );
    await until(() => server.seen.length >= 5);
    expect(kindsOfCalls(server)).toEqual(['list', 'watch 10', 'watch 11', 'watch 11', 'watch 20']);
    expect(versions(reflector)).toEqual(['a@11']);
  });

  it('lists anew when its place in history expired, told either way, and tells what it missed', async () => {
    const { reflector, server } = await play(
      { list: list(10, object('a', 1), object('b', 2)) },
      { watch: [{ type: 'ERROR', object: expired }], end: true },
      { list: list(30, object('b', 25), object('c', 26)) },
      { status: 410, body: expired },
      { list: list(40, object('c', 26)) },
      open,
    );
    const told: string[] = [];
    reflector.subscribe((change) => told.push(`${change.type} ${change.key}`));
    await until(() => server.seen.length >= 6);
    expect(kindsOfCalls(server)).toEqual(['list', 'watch 10', 'list', 'watch 30', 'list', 'watch 40']);
    expect(told).toEqual(['added n/a', 'added n/b', 'deleted n/a', 'updated n/b', 'added n/c', 'deleted n/b']);
  });

  it('waits out refusals and nonsense, and is synced only after a whole list', async () => {
    const { reflector, server } = await play(
      { status: 500 },
      { status: 403 },
      { list: { metadata: { resourceVersion: '1', continue: 'more' }, items: [object('a', 1)] } },
      { status: 503 },
      { list: list(10, object('a', 1)) },
      { watch: ['nonsense'], end: true },
      { list: list(12, object('a', 1)) },
      open,
    );
    expect(reflector.hasSynced()).toBe(false);
    await reflector.synced;
    expect(server.seen.length).toBeGreaterThanOrEqual(5);
    await until(() => server.seen.length >= 8);
    expect(versions(reflector)).toEqual(['a@1']);
  });

  it('doubts its starting point after five failures in a row', async () => {
    const refusal: Move = { status: 504 };
    const { server } = await play(
      { list: list(1000) },
      refusal,
      refusal,
      refusal,
      refusal,
      refusal,
      { list: list(3) },
      open,
    );
    await until(() => server.seen.length >= 8);
    expect(kindsOfCalls(server).slice(5)).toEqual(['watch 1000', 'list', 'watch 3']);
  });

  it('takes the same event twice, and keeps going when a handler throws', async () => {
    const { reflector } = await play(
      { list: list(1) },
      {
        watch: [
          { type: 'ADDED', object: object('a', 2) },
          { type: 'ADDED', object: object('a', 2) },
          { type: 'DELETED', object: object('a', 3) },
          { type: 'DELETED', object: object('a', 3) },
          { type: 'ADDED', object: object('b', 4) },
        ],
      },
    );
    const told: string[] = [];
    reflector.subscribe(() => {
      throw new Error('a bad handler');
    });
    reflector.subscribe((change) => told.push(`${change.type} ${change.key}`));
    await until(() => reflector.store.size === 1 && versions(reflector)[0] === 'b@4');
    expect(told).toEqual(['added n/a', 'deleted n/a', 'added n/b']);
  });
});

describe('a reflector that is told of our own writes', () => {
  /** A watch whose events the test sends, beside lists that it answers. */
  const stage = async (...items: KubeObject[]) => {
    const watches: ServerResponse[] = [];
    const lists: ServerResponse[] = [];
    const server = await startScriptedServer((request, response, index) => {
      if (request.url.searchParams.has('watch')) {
        response.flushHeaders();
        watches.push(response);
      } else if (index === 0) answer(response, 200, list(10, ...items));
      else lists.push(response);
    });
    const reflector = reflecting(server);
    const told: string[] = [];
    reflector.subscribe(({ type, object: { metadata } }) =>
      told.push(`${type} ${metadata.name}@${metadata.resourceVersion}`),
    );
    await until(() => watches.length === 1);
    const send = (type: string, name: string, version: number): void =>
      void watches.at(-1)?.write(`${JSON.stringify({ type, object: object(name, version) })}\n`);
    /** Resolves when everything sent before was taken in. */
    const caughtUp = async (version: number): Promise<void> => {
      send('ADDED', 'marker', version);
      await until(() => told.some((one) => one.endsWith(`marker@${version}`)));
    };
    return { reflector, told, watches, lists, send, caughtUp };
  };
  const news = (told: string[]): string[] => told.filter((one) => !one.includes('marker'));

  it('shows them at once, and takes their echo for no news, nor anything older', async () => {
    const { reflector, told, send, caughtUp } = await stage(object('a', 5));
    reflector.assume(object('a', 12));
    reflector.assume(object('b', 13));
    expect(versions(reflector)).toEqual(['a@12', 'b@13']);
    send('MODIFIED', 'a', 11);
    send('MODIFIED', 'a', 12);
    send('ADDED', 'b', 13);
    await caughtUp(14);
    expect(versions(reflector).slice(0, 2)).toEqual(['a@12', 'b@13']);
    expect(news(told)).toEqual(['added a@5']);
    send('MODIFIED', 'a', 15);
    send('DELETED', 'b', 16);
    await caughtUp(17);
    expect(news(told)).toEqual(['added a@5', 'updated a@15', 'deleted b@16']);
  });

  it('tells what an answer shows of others: their report before our write has no event of its own any more', async () => {
    const { reflector, told, send, caughtUp } = await stage(object('a', 5, { status: { ready: 0 } }), object('b', 6));
    reflector.assume(object('a', 12, { status: { ready: 0 } }));
    reflector.assume(object('a', 14, { status: { ready: 1 } }));
    const leaving = object('b', 16);
    reflector.assume({ ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    for (const version of [12, 13, 14]) send('MODIFIED', 'a', version);
    await caughtUp(17);
    expect(news(told)).toEqual(['added a@5', 'added b@6', 'updated a@14', 'updated b@16']);
  });

  it('does not believe what the watch has gone beyond: the object may be gone', async () => {
    const { reflector, send, caughtUp } = await stage();
    send('ADDED', 'a', 11);
    send('DELETED', 'a', 12);
    await caughtUp(13);
    reflector.assume(object('a', 11));
    reflector.assume(object('b', 13));
    expect(versions(reflector)).toEqual(['marker@13']);
  });

  it('keeps them from the deletion of a former object of the name', async () => {
    const { reflector, told, send, caughtUp } = await stage(object('a', 5));
    reflector.assume(object('a', 20));
    send('DELETED', 'a', 15);
    send('ADDED', 'a', 20);
    await caughtUp(21);
    expect(versions(reflector)[0]).toBe('a@20');
    expect(news(told)).toEqual(['added a@5']);
  });

  it('believes a list that was asked for later, and none that shows the time before', async () => {
    const { reflector, told, watches, lists } = await stage(object('old', 5));
    reflector.assume(object('lost', 12));
    watches[0]?.write(`${JSON.stringify({ type: 'ERROR', object: expired })}\n`);
    await until(() => lists.length === 1);
    reflector.assume(object('fresh', 31));
    reflector.assume(object('old', 32));
    answer(lists[0] as ServerResponse, 200, list(30, object('old', 25)));
    await until(() => watches.length === 2);
    expect(versions(reflector).sort()).toEqual(['fresh@31', 'old@32']);
    expect(news(told)).toEqual(['added old@5', 'deleted lost@12']);
  });

  it('swaps an object for a smaller one only while it is the one that is stored', async () => {
    const { reflector, send, caughtUp } = await stage(object('a', 5, { data: { x: 'y' } }));
    const seen = reflector.store.get('n/a') as KubeObject;
    reflector.reduce(seen, object('a', 5));
    send('MODIFIED', 'a', 5);
    await caughtUp(11);
    expect(reflector.store.get('n/a')).toEqual(object('a', 5));
    send('MODIFIED', 'a', 11);
    await caughtUp(12);
    reflector.reduce(seen, object('a', 5));
    expect(versions(reflector)[0]).toBe('a@11');
  });
});

describe('a reflector as a source', () => {
  const update = (before: object, after: object): Parameters<typeof contentChanged>[0] => ({
    type: 'updated',
    key: 'n/a',
    object: object('a', 2, after),
    previous: object('a', 1, before),
    initial: false,
  });

  it('is blind to changes that mean nothing', () => {
    expect(contentChanged(update({ spec: 1 }, { spec: 1 }))).toBe(false);
    expect(contentChanged(update({ status: 1 }, { status: 2 }))).toBe(true);
    expect(specOrMetadataChanged(update({ status: 1 }, { status: 2 }))).toBe(false);
    expect(specOrMetadataChanged(update({ spec: 1 }, { spec: 2 }))).toBe(true);
    const labelled = update({}, {});
    labelled.object.metadata.labels = { a: 'b' };
    expect(specOrMetadataChanged(labelled)).toBe(true);
  });

  it('enqueues for the old and the new owner, and gives what a list brought low priority', async () => {
    const { reflector } = await play(
      { list: list(1, object('a', 1, { owner: 'x' })) },
      { watch: [{ type: 'MODIFIED', object: object('a', 2, { owner: 'y' }) }] },
    );
    const keys: string[] = [];
    const source = fromReflector(reflector, { keys: (one) => [String(one['owner'])] });
    const stop = source.start((key, priority) => keys.push(`${key} ${priority}`));
    await until(() => keys.length >= 3);
    expect(keys).toEqual(['x low', 'x normal', 'y normal']);
    stop();
  });
});
