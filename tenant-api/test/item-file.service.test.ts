import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClient, type TestClient } from './support/client.ts';
import { makePdf } from './support/pdf.ts';
import { createTestTenant, type ApiProcess, type TestTenant } from './support/tenant.ts';
import { worldOf } from './support/world.ts';

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

/** A PDF of several parts: what follows its end is not read by anybody, but it belongs to the file. */
const bigPdf = (text: string): Buffer => Buffer.concat([makePdf([[text]]), randomBytes(2_500_000)]);

async function download(itemId: string): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
  const answer = await fetch(`${api.url}/items/${itemId}/file`, {
    headers: { authorization: `Bearer ${tenant.keys.reader}` },
  });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}

describe('the original file', () => {
  const first = bigPdf('Der Vertrag läuft 24 Monate.');
  const second = bigPdf('Der Vertrag läuft 36 Monate.');
  let itemId = '';

  it('comes back as it was uploaded, with its name and type', async () => {
    const { body } = await client.upload('Vertrag Süd.pdf', first, { source: 'vertrag' });
    expect(body['state']).toBe('done');
    itemId = String(body['itemId']);
    const { status, headers, bytes } = await download(itemId);
    expect(status).toBe(200);
    expect(bytes.equals(first)).toBe(true);
    expect(headers.get('content-type')).toBe('application/pdf');
    expect(headers.get('content-disposition')).toContain("filename*=UTF-8''Vertrag%20S%C3%BCd.pdf");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('survives a restart of the service', async () => {
    await api.signal('SIGKILL');
    api = await tenant.start();
    await api.until(200);
    client = createTestClient(api.url, tenant.keys.admin);
    expect((await download(itemId)).bytes.equals(first)).toBe(true);
  });

  it('is that of the new version when there is one, and only that is kept', async () => {
    const { body } = await client.upload('neu.pdf', second, { source: 'vertrag' });
    expect(body).toMatchObject({ state: 'done', itemId, version: 2 });
    expect((await download(itemId)).bytes.equals(second)).toBe(true);
    expect(await worldOf(tenant, 'vertrag')).toMatchObject({ items: 1, versions: [2], fileParts: 3 });
  });

  it('is stored once, however often it is uploaded', async () => {
    expect((await client.upload('neu.pdf', second, { source: 'vertrag' })).body['state']).toBe('duplicate');
    expect(await worldOf(tenant, 'vertrag')).toMatchObject({ fileParts: 3 });
  });

  it('goes with its item, and nothing of it is left', async () => {
    expect((await client.request('DELETE', `/items/${itemId}`)).body['pointsLeft']).toBe(0);
    expect(await worldOf(tenant)).toEqual({ items: 0, chunks: 0, versions: [], points: 0, fileParts: 0, staged: 0 });
    expect((await download(itemId)).status).toBe(404);
  });
});
