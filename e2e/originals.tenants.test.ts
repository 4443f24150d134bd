import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTenantApi, query, type TenantApi } from './support/api.ts';
import { eventually } from './support/kubectl.ts';
import { openTenantObjects, type TenantObjects } from './support/object-store.ts';
import { applyTenant, condition, ready, removeTenant, tinyTenant } from './support/tenants.ts';

const sample = 'docs/samples/obis-kennzahlen-und-zaehlerstaende.md';

async function upload(api: TenantApi, content: Buffer): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(content)]), 'obis.md');
  const job = await api.json<{ state: string; itemId: string }>('/ingest/doc?wait=120', { method: 'POST', body: form });
  expect(job.state).toBe('done');
  return job.itemId;
}

const partsInDatabase = (): string => query('archive', 'select count(*) from ingest_file_parts');

describe('a tenant with an object store of its own', () => {
  let api: TenantApi;
  let objects: TenantObjects;
  beforeAll(async () => {
    applyTenant(tinyTenant('archive', { objectStore: { enabled: true }, simulation: { enabled: false } }));
    await ready('archive');
    api = await openTenantApi('archive');
    objects = await openTenantObjects('archive');
  });
  afterAll(async () => {
    await objects?.close();
    await api?.close();
    await removeTenant('archive');
  });

  it('keeps the original file of a document there and not in the database, gives it back, and removes it with the document', async () => {
    expect(condition('archive', 'ObjectStoreReady')).toMatchObject({ status: 'True' });
    const content = readFileSync(sample);
    const itemId = await upload(api, content);
    const [key = ''] = await eventually('the file in the object store only', 60_000, async () => {
      const keys = await objects.keys();
      return keys.length === 1 && partsInDatabase() === '0' ? keys : undefined;
    });
    expect((await objects.read(key)).equals(content)).toBe(true);
    const download = await api.send(`/items/${itemId}/file`);
    expect(Buffer.from(await download.arrayBuffer()).equals(content)).toBe(true);

    expect(await api.json(`/items/${itemId}`, { method: 'DELETE' })).toMatchObject({ filesLeft: 0 });
    expect(await objects.keys()).toEqual([]);
    expect((await api.send(`/items/${itemId}/file`)).status).toBe(404);
  });
});
