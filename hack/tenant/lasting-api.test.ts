import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createLastingApi } from './lasting-api.ts';
import type { Forward } from './port-forward.ts';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))));

/** A way that works until it is closed, as a forward to a pod that ends. */
async function way(): Promise<Forward> {
  const server = createServer((_request, response) => response.end('{"ok":true}'));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { localPort: (server.address() as AddressInfo).port, close };
}

it('opens one new way for all calls that find the former one closed', async () => {
  const ways: Forward[] = [];
  const lasting = await createLastingApi(async () => {
    ways.push(await way());
    return ways.at(-1) as Forward;
  }, 'luna_key');
  expect(await lasting.api.json('/a')).toEqual({ ok: true });
  await ways[0]?.close();
  expect(await Promise.all([lasting.api.json('/b'), lasting.api.json('/c')])).toEqual([{ ok: true }, { ok: true }]);
  expect(ways).toHaveLength(2);
  await lasting.close();
});

it('gives up with the reason when no way opens any more', async () => {
  let opened = 0;
  const lasting = await createLastingApi(async () => {
    opened += 1;
    const forward = await way();
    await forward.close();
    return forward;
  }, 'luna_key');
  await expect(lasting.api.json('/a')).rejects.toMatchObject({ code: 'LUNA_API_UNREACHABLE' });
  expect(opened).toBe(5);
});
