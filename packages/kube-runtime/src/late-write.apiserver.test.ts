import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createClient } from './client.ts';
import { fenceWrites } from './fence.ts';
import { builtinKinds } from './kinds.ts';
import { configMap, eventually, openApi, type ApiFixture } from './testing/api-fixture.ts';
import { startTcpProxy } from './testing/tcp-proxy.ts';
import { createTransport } from './transport.ts';

const { ConfigMap } = builtinKinds;
let api: ApiFixture;
beforeAll(async () => {
  api = await openApi(inject('kubeconfig'));
});
afterAll(() => api.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('a write that the network held up does not arrive once the lease is lost', async () => {
  const proxy = await startTcpProxy(Number(new URL(api.config.server).port));
  const transport = createTransport({ config: { ...api.config, server: `https://127.0.0.1:${String(proxy.port)}` } });
  let held = true;
  const client = createClient({ transport: fenceWrites(transport, () => held) });
  const find = async (name: string): Promise<unknown> => api.client.get(ConfigMap, { namespace: api.namespace, name });

  await client.create(configMap(api.namespace, 'in-time'));
  // The connection must be free again, or the next write would wait for one of its own, and never leave.
  await pause(200);
  proxy.block();
  const held1 = client.create(configMap(api.namespace, 'held-up'));
  await pause(200);
  proxy.unblock();
  await held1;

  await pause(200);
  proxy.block();
  const late = client.create(configMap(api.namespace, 'late'));
  await pause(200);
  held = false;
  const connections = proxy.connections();
  await expect(late).rejects.toMatchObject({ code: 'KUBE_FENCED' });
  // A reset reaches the proxy past the bytes that it keeps; a plain close would wait behind them, and they would be passed on.
  await eventually('the connection is reset', () => Promise.resolve(proxy.connections() < connections));
  proxy.unblock();
  await eventually('the way is open', () =>
    client.get(ConfigMap, { namespace: api.namespace, name: 'in-time' }).then(
      () => true,
      () => false,
    ),
  );
  await pause(500);
  expect(await find('held-up')).toBeDefined();
  expect(await find('late')).toBeUndefined();
  await transport.close();
  await proxy.close();
});
