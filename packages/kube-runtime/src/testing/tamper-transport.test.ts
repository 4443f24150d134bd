import { expect, it } from 'vitest';
import type { StreamRequest, Transport } from '../transport.ts';
import type { KubeObject } from '../types.ts';
import { createTamperTransport, type RawEvent } from './tamper-transport.ts';

const object = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const events = (...names: string[]): RawEvent[] => names.map((name) => ({ type: 'ADDED', object: object(name) }));

/** Gives a page for lists, and these events for watches, which then stay open until the signal aborts. */
const server = (...names: string[]): Transport => ({
  request: async <T>() => ({ items: names.map(object) }) as T,
  stream: async ({ signal }: StreamRequest) =>
    (async function* () {
      yield* events(...names);
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('closed'))));
    })(),
  close: async () => undefined,
});
const names = (list: unknown): string[] => (list as { items: KubeObject[] }).items.map(({ metadata }) => metadata.name);

it('changes pages of lists and leaves single objects and writes alone', async () => {
  const transport = createTamperTransport(server('a', 'b'), {
    page: (_, page) => ({ ...page, items: [...(page.items ?? [])].reverse() }),
  });
  expect(names(await transport.request({ method: 'GET', path: 'list' }))).toEqual(['b', 'a']);
  expect(names(await transport.request({ method: 'POST', path: 'list' }))).toEqual(['a', 'b']);
});

it('drops and repeats events, and breaks the watch when told', async () => {
  const transport = createTamperTransport(server('a', 'b', 'c'), {
    event: (_, event) => ({ a: [event, event], b: [] })[event.object.metadata.name] ?? [event],
  });
  const seen: string[] = [];
  const watching = (async () => {
    for await (const event of await transport.stream({ method: 'GET', path: 'watch' }))
      seen.push((event as RawEvent).object.metadata.name);
  })();
  while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(seen).toEqual(['a', 'a', 'c']);
  transport.breakWatches();
  await expect(watching).rejects.toMatchObject({ code: 'KUBE_EXPIRED' });
  expect(transport.openWatches).toBe(0);
});

it('holds a watch back as long as a promise lasts, and can break it there', async () => {
  const transport = createTamperTransport(server('a'), { event: () => new Promise(() => undefined) });
  const watching = (async () => {
    for await (const _ of await transport.stream({ method: 'GET', path: 'watch' })) expect.unreachable();
  })();
  await new Promise((resolve) => setTimeout(resolve, 5));
  transport.breakWatches();
  await expect(watching).rejects.toMatchObject({ code: 'KUBE_EXPIRED' });
});
