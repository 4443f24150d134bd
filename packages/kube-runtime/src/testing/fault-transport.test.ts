import { expect, it } from 'vitest';
import { KubeError } from '../errors.ts';
import type { Transport, TransportRequest } from '../transport.ts';
import { createFaultTransport } from './fault-transport.ts';

const remembering = (): { world: string[]; inner: Transport } => {
  const world: string[] = [];
  const request = async <T>({ method, path }: TransportRequest): Promise<T> => {
    world.push(`${method} ${path}`);
    return {} as T;
  };
  return { world, inner: { request, stream: async () => (async function* () {})(), close: async () => undefined } };
};
const put = (path: string): TransportRequest => ({ method: 'PATCH', path });
const get: TransportRequest = { method: 'GET', path: 'read' };

it('crashes after write k: that write counts, nothing later does', async () => {
  const { world, inner } = remembering();
  const transport = createFaultTransport(inner, ({ write }) => (write === 2 ? { kind: 'crash-after' } : undefined));
  await transport.request(get);
  await transport.request(put('one'));
  await expect(transport.request(put('two'))).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  await expect(transport.request(put('three'))).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  await expect(transport.request(get)).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  await expect(transport.stream(get)).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  expect(world).toEqual(['GET read', 'PATCH one', 'PATCH two']);
  expect(transport.crashed).toBe(true);
  expect(transport.writes.map(({ path }) => path)).toEqual(['one', 'two']);
});

it('refuses or loses the answer of the call it is told to, and no other', async () => {
  const { world, inner } = remembering();
  const transport = createFaultTransport(inner, ({ index }) => {
    if (index === 1) return { kind: 'refuse', error: new KubeError('busy', { code: 'KUBE_CONFLICT' }) };
    return index === 2 ? { kind: 'lose-answer' } : undefined;
  });
  await expect(transport.request(put('one'))).rejects.toMatchObject({ code: 'KUBE_CONFLICT' });
  await expect(transport.request(put('two'))).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  await transport.request(put('three'));
  expect(world).toEqual(['PATCH two', 'PATCH three']);
  expect(transport.crashed).toBe(false);
});

it('lets one scope die and the others live', async () => {
  const { world, inner } = remembering();
  const transport = createFaultTransport(inner, ({ write }) => (write === 1 ? { kind: 'crash-after' } : undefined), {
    scopeOf: ({ path }) => path.split('/')[0] ?? '',
  });
  await expect(transport.request(put('red/one'))).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  await expect(transport.request(put('red/two'))).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  await transport.request({ method: 'GET', path: 'blue/zero' });
  await expect(transport.request(put('blue/one'))).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  expect(world).toEqual(['PATCH red/one', 'GET blue/zero', 'PATCH blue/one']);
  expect([...transport.crashedScopes]).toEqual(['red', 'blue']);
});

it('crashes on command', async () => {
  const { world, inner } = remembering();
  const transport = createFaultTransport(inner);
  await transport.request(put('one'));
  transport.crash();
  await expect(transport.request(get)).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  expect(world).toEqual(['PATCH one']);
});
