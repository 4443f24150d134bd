import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { ToolError } from './errors.ts';

/** Above what a cluster's own parts listen on; below node ports (30000) and what the kernel gives to outgoing connections (32768). */
const range = { first: 11_000, last: 29_999 };
const tries = 200;

/**
 * A port of the loopback interface for a server that is about to start, or to start again. Nobody listens on it now, no outgoing
 * connection is given it, and no other caller on this machine gets it while this process runs: the kernel hands out a port of its own
 * choice to the next who asks, and a server that takes seconds to start finds it taken. Throws `ToolError` when all that it tries are.
 */
export async function claimPort(): Promise<number> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const port = randomInt(range.first, range.last + 1);
    // A name in the kernel and not a file, so that it goes with the process, however that ends.
    const claim = await listening({ path: `\0luna-port-${port}` });
    if (claim === undefined) continue;
    claim.unref();
    const server = await listening({ port, host: '127.0.0.1' });
    if (server === undefined) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new ToolError(
    'LUNA_NO_PORT',
    `none of ${tries} ports between ${range.first} and ${range.last} is free: end what listens there`,
  );
}

/** Undefined where somebody listens already. */
async function listening(where: ListenOptions): Promise<Server | undefined> {
  const server = createServer().listen(where);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
