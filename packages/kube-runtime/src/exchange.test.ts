import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { expect, it } from 'vitest';
import { exchange } from './exchange.ts';

it('ends at once for a call that was broken off before, also where no connection comes about', async () => {
  const agent = { dispatch: () => true } as unknown as Dispatcher;
  const reason = new Error('broken off');
  const signal = AbortSignal.abort(reason);
  await expect(exchange(agent, { path: '/', method: 'GET' }, { signal })).rejects.toBe(reason);
});

it('lets nothing out when the guard throws at the connection, and the next request goes its way', async () => {
  const heard: string[] = [];
  const server = createServer((request, answer) => {
    heard.push(request.url ?? '');
    answer.end('ä'.repeat(3));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = new Agent();
  const { signal } = new AbortController();
  const refused = new Error('no longer');
  const guard = (): void => {
    throw refused;
  };
  await expect(exchange(agent, { origin, path: '/late', method: 'POST' }, { signal, guard })).rejects.toBe(refused);
  const answer = await exchange(agent, { origin, path: '/next', method: 'POST' }, { signal });
  expect(answer).toMatchObject({ statusCode: 200, text: 'äää' });
  expect(heard).toEqual(['/next']);
  await agent.close();
  server.close();
});
