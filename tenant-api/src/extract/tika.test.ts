import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '@luna-iems/service-kit';
import { afterEach, expect, it } from 'vitest';
import type { ExtractedDocument } from './blocks.ts';
import { createTika } from './tika.ts';

let server: Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** What becomes of an HTML file when the server answers so. */
async function extracted(answer: unknown): Promise<ExtractedDocument> {
  server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttpClient({
    name: 'tika',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  try {
    return await createTika(http).extract(async function* () {
      yield await Promise.resolve(Buffer.from('<p>Der Zähler steht im Keller.</p>'));
    }, 'text/html');
  } finally {
    await http.close();
  }
}

it('a document of which nothing is said has failed, and is not empty', async () => {
  await expect(extracted([])).rejects.toMatchObject({ code: 'LUNA_EXTRACTION_FAILED' });
});

it('a document without text is empty', async () => {
  expect((await extracted([{ 'X-TIKA:content': '<html><body></body></html>' }])).blocks).toEqual([]);
});
