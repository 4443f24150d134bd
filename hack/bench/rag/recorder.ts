import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Agent, request } from 'undici';
import type { Call, Part } from './calls.ts';

/** Stands between the service and one of its parts, passes everything on, and keeps what the service sent. */
export interface Recorder {
  readonly url: string;
  close(): Promise<void>;
}

/** Of one hop only, or set anew by whoever sends. */
const hopHeaders = new Set(['connection', 'content-length', 'expect', 'host', 'keep-alive', 'transfer-encoding']);

function headersOf(incoming: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming).flatMap(([name, value]) =>
      hopHeaders.has(name) || value === undefined ? [] : [[name, String(value)]],
    ),
  );
}

/** Starts one on loopback. Calls are added to `into` when their answers begin. */
export async function startRecorder(part: Part, target: string, into: Call[]): Promise<Recorder> {
  const dispatcher = new Agent({ connections: 64 });
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/' } = incoming;
    const headers = headersOf(incoming.headers);
    const body = await buffer(incoming);
    const answer = await request(target + path, { method, headers, body: method === 'GET' ? null : body, dispatcher });
    // Before the service can know of the answer, so that who waits for the service finds the call.
    into.push({ part, method, path, headers, body });
    outgoing.writeHead(answer.statusCode, headersOf(answer.headers));
    await pipeline(answer.body, outgoing);
  };
  const server = createServer((incoming, outgoing) => {
    // The service sees a part that is away, and does what it does then.
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await dispatcher.close();
    },
  };
}
