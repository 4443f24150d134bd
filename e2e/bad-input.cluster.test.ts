import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTenantApi, posting, type TenantApi } from './support/api.ts';
import { get, list, type Live } from './support/kubectl.ts';
import { ready } from './support/tenants.ts';

type Pod = Live & { status: { containerStatuses?: { restartCount: number }[] } };
const restarts = (): number =>
  list<Pod>('pods', 'luna-demo', 'app.kubernetes.io/name=tenant-api')
    .flatMap((pod) => pod.status.containerStatuses ?? [])
    .reduce((sum, container) => sum + container.restartCount, 0);

const upload = (name: string, bytes: Uint8Array<ArrayBuffer>): RequestInit => {
  const body = new FormData();
  body.append('file', new Blob([bytes]), name);
  return { method: 'POST', body };
};

describe('bad input has a clear answer and harms nothing', () => {
  let api: TenantApi;
  let before = 0;
  beforeAll(async () => {
    await ready('demo');
    api = await openTenantApi('demo');
    before = restarts();
  });
  afterAll(() => api.close());

  const megabytes = (count: number): Uint8Array<ArrayBuffer> => new Uint8Array(count << 20).fill(0x61);
  const cases: readonly (readonly [
    what: string,
    path: string,
    init: () => RequestInit,
    status: number | readonly number[],
  ])[] = [
    ['an empty file', '/ingest/doc?wait=60', () => upload('leer.txt', new Uint8Array()), [400, 422]],
    ['a file of 200 MB', '/ingest/doc', () => upload('gross.txt', megabytes(200)), 413],
    [
      'an encrypted PDF',
      '/ingest/doc?wait=60',
      () => upload('geheim.pdf', new Uint8Array(readFileSync('e2e/fixtures/encrypted.pdf'))),
      422,
    ],
    [
      'a program',
      '/ingest/doc?wait=60',
      () => upload('tool.exe', Uint8Array.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0])),
      415,
    ],
    [
      'a wrong key',
      '/rag/ask',
      () => ({
        ...posting({ question: 'x' }),
        headers: { 'content-type': 'application/json', authorization: 'Bearer luna_wrong' },
      }),
      401,
    ],
    [
      'a wrong content type',
      '/rag/ask',
      () => ({ method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'hello' }),
      415,
    ],
    [
      'malformed JSON',
      '/rag/ask',
      () => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"question": ' }),
      400,
    ],
    ['a question of 100,000 characters', '/rag/ask', () => posting({ question: 'ä'.repeat(100_000) }), [400, 413]],
    ['no question', '/rag/ask', () => posting({}), 400],
    ['a page that is not there', '/nowhere', () => ({}), 404],
  ];

  it.each(cases)('%s', async (_what, path, init, status) => {
    const response = await api.send(path, init());
    expect([status].flat()).toContain(response.status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as { title: string; detail?: string; code: string; status: number };
    expect(problem.status).toBe(response.status);
    expect(problem.code).toMatch(/^LUNA_/);
    expect((problem.detail ?? problem.title).length).toBeGreaterThan(10);
  });

  it('and the process lives on', async () => {
    expect((await api.send('/health/ready')).status).toBe(200);
    expect(restarts()).toBe(before);
    expect(get('deployment', 'tenant-api', 'luna-demo')).toBeDefined();
  });
});
