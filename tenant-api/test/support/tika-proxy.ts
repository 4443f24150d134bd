import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One reading of a file, as Tika saw it. */
export interface Reading {
  killer: boolean;
  /** Others under way when it began. */
  beside: number;
}

export interface TikaProxy {
  url: string;
  readings: Reading[];
  /** From now on the killer is read like any other file. */
  mend(): void;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** The real Tika behind a door that slams shut, as Tika's own does when its reader dies, for files that contain `mark`. */
export async function tikaProxy(real: string, mark: string): Promise<TikaProxy> {
  const readings: Reading[] = [];
  let underWay = 0;
  let mended = false;
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const killer = body.includes(mark) && !mended;
    if (request.method === 'PUT') readings.push({ killer, beside: underWay });
    if (killer) return void request.socket.destroy();
    underWay += request.method === 'PUT' ? 1 : 0;
    const headers = Object.entries(request.headers).filter(
      ([name]) => name.startsWith('x-tika') || name === 'content-type',
    ) as [string, string][];
    const answer = await fetch(real + (request.url ?? ''), {
      method: request.method ?? 'GET',
      headers,
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    });
    const text = await answer.text();
    underWay -= request.method === 'PUT' ? 1 : 0;
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(text);
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    readings,
    mend: () => void (mended = true),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
