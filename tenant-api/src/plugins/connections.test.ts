import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { endConnectionsOnClose } from './connections.ts';

it('closing waits for an answer under way, but not for a connection without a question, nor for another question', async () => {
  const app = fastify({ forceCloseConnections: 'idle' });
  endConnectionsOnClose(app);
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    app.get('/slow', async () => {
      resolve();
      await new Promise<void>((go) => (answer = go));
      return 'whole';
    });
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const accepted = once(app.server, 'connection');
  const unused = connect(port, '127.0.0.1');
  const ended = once(unused, 'close');
  await accepted;
  const slow = fetch(`http://127.0.0.1:${port}/slow`);
  await asked;
  const closed = app.close();
  await ended;
  answer();
  expect(await (await slow).text()).toBe('whole');
  await closed;
});
