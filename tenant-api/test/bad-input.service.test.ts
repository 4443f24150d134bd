import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClient, type TestClient } from './support/client.ts';
import { makeZip } from './support/docx.ts';
import { createTestTenant, type ApiProcess, type TestTenant } from './support/tenant.ts';

let tenant: TestTenant;
let api: ApiProcess;
let client: TestClient;

beforeAll(async () => {
  tenant = await createTestTenant();
  api = await tenant.start();
  await api.until(200);
  client = createTestClient(api.url, tenant.keys.admin);
});

afterAll(() => tenant.stop());

const json = { 'content-type': 'application/json' };
const question = (text: string): RequestInit => ({ headers: json, body: JSON.stringify({ question: text }) });
const eventWith = (meta: Record<string, string>): string =>
  JSON.stringify({ events: [{ ts: '2026-11-01T00:00:00Z', type: 'view', meta }] });
const encrypted = (): Promise<Buffer> => readFile(new URL('fixtures/encrypted.pdf', import.meta.url));
const withKey = (key: string): TestClient => createTestClient(api.url, key);

/** Sends a form with a file of `size` bytes without ever holding it, and reads the answer while still sending. */
function uploadHuge(size: number, chunked: boolean): Promise<number> {
  const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="gross.pdf"\r\n\r\n%PDF-1.4\n';
  const tail = '\r\n--x--\r\n';
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${api.url}/ingest/doc`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tenant.keys.admin}`,
        'content-type': 'multipart/form-data; boundary=x',
        ...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': head.length + size + tail.length }),
      },
    });
    let left = size;
    const piece = Buffer.alloc(1024 * 1024, 'a');
    const more = (): void => {
      while (left > 0 && !sent.destroyed) {
        const part = piece.subarray(0, Math.min(left, piece.length));
        left -= part.length;
        if (!sent.write(part)) return void sent.once('drain', more);
      }
      if (left <= 0) sent.end(tail);
    };
    sent.on('response', (answer) => {
      resolve(answer.statusCode ?? 0);
      sent.destroy();
    });
    sent.on('error', reject);
    sent.write(head);
    more();
  });
}

interface Case {
  name: string;
  send: () => Promise<{ status: number; type: string; body: Record<string, unknown> }>;
  status: number;
  code: string;
}

const cases: Case[] = [
  { name: 'an empty file', send: () => client.upload('leer.txt', ''), status: 422, code: 'LUNA_UPLOAD_EMPTY' },
  {
    name: 'an encrypted PDF',
    send: async () => client.upload('geheim.pdf', await encrypted()),
    status: 422,
    code: 'LUNA_DOCUMENT_ENCRYPTED',
  },
  {
    name: 'a damaged PDF',
    send: () => client.upload('kaputt.pdf', '%PDF-1.7\nnichts'),
    status: 422,
    code: 'LUNA_DOCUMENT_UNREADABLE',
  },
  {
    name: 'a program',
    send: () => client.upload('text.txt', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 2])),
    status: 415,
    code: 'LUNA_UPLOAD_TYPE',
  },
  {
    name: 'a zip archive',
    send: () => client.upload('a.docx', makeZip({ 'a.txt': 'x' })),
    status: 415,
    code: 'LUNA_UPLOAD_TYPE',
  },
  {
    name: 'a form without a file',
    send: () => client.request('POST', '/ingest/doc', { body: formOf({ source: 'x' }) }),
    status: 400,
    code: 'LUNA_UPLOAD_FORM',
  },
  {
    name: 'a broken form',
    send: () =>
      client.request('POST', '/ingest/doc', {
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        body: 'garbage',
      }),
    status: 400,
    code: 'LUNA_UPLOAD_FORM',
  },
  {
    name: 'a language that nobody stems',
    send: () => client.upload('a.txt', 'a', { language: 'fr' }),
    status: 400,
    code: 'LUNA_UPLOAD_FORM',
  },
  ...[
    '/items?tag=a%00b',
    '/items?source=a%00b',
    '/ingest/jobs?source=a%00b',
    '/series/meters/a%00b',
    '/series/prices?market=a%00b&product=b',
    '/series/prices?market=a&product=a%00b',
  ].map((path) => ({
    name: `a NUL in ${path}`,
    send: () => client.request('GET', path),
    status: 400,
    code: 'LUNA_VALIDATION',
  })),
  ...[{ page: 'a\u0000b' }, { 'pa\u0000ge': 'a' }, { ['page'.repeat(20)]: 'a' }].map((meta) => ({
    name: `an event that says ${JSON.stringify(meta)}`,
    send: () => client.request('POST', '/ingest/telemetry', { headers: json, body: eventWith(meta) }),
    status: 400,
    code: 'LUNA_VALIDATION',
  })),
  {
    name: 'a NUL in a tag to recommend by',
    send: () => client.request('POST', '/recommend', { headers: json, body: JSON.stringify({ onlyTags: ['\u0000'] }) }),
    status: 400,
    code: 'LUNA_VALIDATION',
  },
  { name: 'no key', send: () => fetchPlain('/items'), status: 401, code: 'LUNA_UNAUTHENTICATED' },
  {
    name: 'a wrong key',
    send: () => withKey(`${tenant.keys.admin}x`).request('GET', '/items'),
    status: 401,
    code: 'LUNA_UNAUTHENTICATED',
  },
  {
    name: 'a key without the scope',
    send: () => withKey(tenant.keys.reader).request('POST', '/rag/ask', question('Was?')),
    status: 403,
    code: 'LUNA_FORBIDDEN',
  },
  {
    name: 'JSON where a form belongs',
    send: () => client.request('POST', '/ingest/doc', { headers: json, body: '{}' }),
    status: 415,
    code: 'LUNA_UNSUPPORTED_MEDIA_TYPE',
  },
  {
    name: 'text where JSON belongs',
    send: () => client.request('POST', '/rag/ask', { headers: { 'content-type': 'text/plain' }, body: 'Was?' }),
    status: 415,
    code: 'LUNA_UNSUPPORTED_MEDIA_TYPE',
  },
  {
    name: 'malformed JSON',
    send: () => client.request('POST', '/rag/ask', { headers: json, body: '{"question":' }),
    status: 400,
    code: 'LUNA_MALFORMED_JSON',
  },
  {
    name: 'a question of 100,000 characters',
    send: () => client.request('POST', '/rag/ask', question('a'.repeat(100_000))),
    status: 400,
    code: 'LUNA_VALIDATION',
  },
  {
    name: 'a question of 4 MB',
    send: () => client.request('POST', '/rag/ask', question('a'.repeat(4_000_000))),
    status: 413,
    code: 'LUNA_TOO_LARGE',
  },
  {
    name: 'an empty question',
    send: () => client.request('POST', '/rag/ask', question('  ')),
    status: 400,
    code: 'LUNA_VALIDATION',
  },
  {
    name: 'a property nobody knows',
    send: () => client.request('POST', '/rag/ask', { headers: json, body: '{"question":"x","frage":1}' }),
    status: 400,
    code: 'LUNA_VALIDATION',
  },
  { name: 'an id that is none', send: () => client.request('GET', '/items/1'), status: 400, code: 'LUNA_VALIDATION' },
  ...['1'.repeat(201), '%E1%B9%B0'.repeat(201), '%', '%E4'].map((id) => ({
    name: `a path that cannot be one, of ${id.length} letters`,
    send: () => client.request('GET', `/items/${id}`),
    status: 400,
    code: 'LUNA_MALFORMED_PATH',
  })),
  {
    name: 'an item that is not there',
    send: () => client.request('GET', '/items/5a1f6b0e-9d3c-4e7f-8a2b-6c1d0e9f8a7b'),
    status: 404,
    code: 'LUNA_ITEM_NOT_FOUND',
  },
  ...['/items?cursor=abc', '/series/meters?cursor=%C3%8C', '/series/meters?cursor=YQBi'].map((path) => ({
    name: `a cursor of somebody else: ${path}`,
    send: () => client.request('GET', path),
    status: 400,
    code: 'LUNA_CURSOR',
  })),
  { name: 'a path nobody serves', send: () => client.request('GET', '/nirgends'), status: 404, code: 'LUNA_NOT_FOUND' },
  {
    name: 'simulation control outside a cluster',
    send: () => client.request('POST', '/sim/stop'),
    status: 501,
    code: 'LUNA_SIM_NOT_IN_CLUSTER',
  },
];

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

async function fetchPlain(path: string): Promise<{ status: number; type: string; body: Record<string, unknown> }> {
  const answer = await fetch(api.url + path);
  return {
    status: answer.status,
    type: answer.headers.get('content-type') ?? '',
    body: (await answer.json()) as Record<string, unknown>,
  };
}

describe('bad input', () => {
  it.each(cases)('$name is answered with $status $code', async ({ send, status, code }) => {
    const reply = await send();
    expect({ status: reply.status, code: reply.body['code'] }).toEqual({ status, code });
    expect(reply.type).toContain('application/problem+json');
    expect(reply.body['requestId']).toMatch(/^[0-9a-f-]{36}$/u);
  });

  it('is not what a wait of a part of a second is', async () => {
    const text = new Blob(['Ein Satz über den Zähler.']);
    const form = formOf({});
    form.set('file', text, 'bruch.txt');
    const { status } = await client.request('POST', '/ingest/doc?wait=0.123456789', { body: form });
    expect([200, 202]).toContain(status);
  });

  it.each([false, true])('a file of 200 MB is answered with 413 (chunked: %s)', async (chunked) => {
    expect(await uploadHuge(200 * 1024 * 1024, chunked)).toBe(413);
  });

  it('harms nothing: the process lives on and answers', async () => {
    expect(api.child.exitCode).toBeNull();
    expect((await fetchPlain('/health/ready')).status).toBe(200);
    expect(await client.upload('gut.txt', 'Die Anlage ist in Ordnung.')).toMatchObject({
      status: 200,
      body: { state: 'done' },
    });
  });

  it('is never logged with the key', () => {
    expect(api.log()).not.toContain(tenant.keys.admin);
  });
});
