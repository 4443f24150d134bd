import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readItemFile, sql } from '@luna-iems/tenant-db';
import { moveOne } from '../src/originals/move.ts';
import { readOriginal } from '../src/originals/read.ts';
import { createTestBucket, type TestBucket, type Trap } from './support/bucket.ts';
import { createTestClient, type TestClient } from './support/client.ts';
import { makePdf } from './support/pdf.ts';
import { createTestTenant, eventually, type ApiProcess, type TestTenant } from './support/tenant.ts';

let tenant: TestTenant;
let bucket: TestBucket;
let api: ApiProcess;
let client: TestClient;

beforeAll(async () => {
  tenant = await createTestTenant();
  bucket = await createTestBucket();
});

afterAll(async () => {
  await tenant.stop();
  await bucket.close();
});

beforeEach(async () => {
  bucket.shut(false);
  if (inForce !== bucket.env) await restart(bucket.env);
});

/** The settings that the service runs with. */
let inForce: Record<string, string> = {};

async function restart(settings: Record<string, string>): Promise<void> {
  await tenant.endAll();
  inForce = settings;
  api = await tenant.start({ RECONCILE_SECONDS: '1', ...settings });
  await api.until(200);
  client = createTestClient(api.url, tenant.keys.admin);
}

/** A file of several parts: what follows a PDF's end is not read by anybody, but it belongs to the file. */
const file = (text: string): Buffer => Buffer.concat([makePdf([[text]]), randomBytes(2_500_000)]);

async function upload(source: string, content: Buffer): Promise<string> {
  const { body } = await client.upload(`${source}.pdf`, content, { source });
  expect(body['state']).toBe('done');
  return String(body['itemId']);
}

async function download(itemId: string): Promise<Buffer> {
  const answer = await fetch(`${api.url}/items/${itemId}/file`, {
    headers: { authorization: `Bearer ${tenant.keys.reader}` },
  });
  return Buffer.from(await answer.arrayBuffer());
}

interface World {
  /** Parts of files in the database. */
  parts: number;
  /** Rows of objects, and those of them that nobody needs. */
  rows: number;
  dead: number;
  objects: number;
}

async function world(): Promise<World> {
  const [row] = await tenant.db.query<Omit<World, 'objects'>>(sql`select
    (select count(*) from ingest_file_parts) as parts, (select count(*) from original_objects) as rows,
    (select count(*) from original_objects where item_id is null) as dead`);
  return { parts: -1, rows: -1, dead: -1, ...row, objects: (await bucket.keys()).length };
}

const until = (wanted: World): Promise<true> =>
  eventually(async () => JSON.stringify(await world()) === JSON.stringify(wanted));
const stored = (files: number): World => ({ parts: 0, rows: files, dead: 0, objects: files });
const remove = async (itemId: string): Promise<unknown> =>
  (await client.request('DELETE', `/items/${itemId}`)).body['filesLeft'];
const originals = async (): Promise<Record<string, unknown>> =>
  (await client.request<{ originals: Record<string, unknown> }>('GET', '/status/summary')).body.originals;

describe('original files in an object store', () => {
  it('go there, come back as they were uploaded, are replaced with their version, and go with their item', async () => {
    const [first, second] = [file('Der Vertrag läuft 24 Monate.'), file('Der Vertrag läuft 36 Monate.')];
    const itemId = await upload('vertrag', first);
    await until(stored(1));
    expect((await download(itemId)).equals(first)).toBe(true);
    expect(await originals()).toMatchObject({ inDatabase: 0, inObjectStore: 1, toRemove: 0, objectStore: 'on' });
    const before = await bucket.keys();
    expect(await upload('vertrag', second)).toBe(itemId);
    await eventually(async () => !(await bucket.keys()).some((key) => before.includes(key)));
    await until(stored(1));
    expect((await download(itemId)).equals(second)).toBe(true);
    expect(await remove(itemId)).toBe(0);
    expect(await world()).toEqual(stored(0));
  });

  it('of earlier days follow, and stay readable when no more are to go there', async () => {
    await restart({});
    const contents = ['eins', 'zwei', 'drei'].map((word) => file(`Die Anlage ${word} wird gewartet.`));
    const items = await Promise.all(contents.map((content, n) => upload(`alt-${n}`, content)));
    expect(await world()).toEqual({ parts: 9, rows: 0, dead: 0, objects: 0 });
    await restart(bucket.env);
    await until(stored(3));
    await restart({ ...bucket.env, S3_STORE: 'false' });
    const late = file('Die Anlage vier wird gewartet.');
    const lateItem = await upload('neu', late);
    for (const [n, itemId] of items.entries())
      expect((await download(itemId)).equals(contents[n] as Buffer)).toBe(true);
    expect((await download(lateItem)).equals(late)).toBe(true);
    expect(await world()).toEqual({ parts: 3, rows: 3, dead: 0, objects: 3 });
    for (const itemId of [...items, lateItem]) expect(await remove(itemId)).toBe(0);
    expect(await world()).toEqual(stored(0));
  });

  it('cannot be read without any settings of the store, and are there again with them', async () => {
    const content = file('Der Zähler steht im Keller.');
    const itemId = await upload('zaehler', content);
    await until(stored(1));
    await restart({});
    const refused = await client.request('GET', `/items/${itemId}/file`);
    expect(refused).toMatchObject({ status: 503, body: { code: 'LUNA_OBJECT_STORE_OFF' } });
    expect(await remove(itemId)).toBe(1);
    await restart(bucket.env);
    await until(stored(0));
  });
});

describe('while the object store is away', () => {
  it('the service starts, ingests and reads; files follow later', async () => {
    bucket.shut(true);
    await restart(bucket.env);
    const content = file('Der Trafo brummt.');
    const itemId = await upload('trafo', content);
    expect((await download(itemId)).equals(content)).toBe(true);
    expect(await world()).toMatchObject({ parts: 3, objects: 0 });
    bucket.shut(false);
    await until(stored(1));
    expect((await download(itemId)).equals(content)).toBe(true);
    bucket.shut(true);
    expect(await client.request('GET', `/items/${itemId}/file`)).toMatchObject({
      status: 503,
      type: expect.stringContaining('problem+json') as string,
    });
    expect(await remove(itemId)).toBe(1);
    expect(await world()).toEqual({ parts: 0, rows: 1, dead: 1, objects: 1 });
    bucket.shut(false);
    await until(stored(0));
  });
});

describe('killed between two steps', () => {
  const kill = (trap: Omit<Trap, 'act'>): Promise<void> =>
    new Promise((resolve) => {
      const act = async (): Promise<void> => {
        inForce = {};
        await api.signal('SIGKILL');
        resolve();
      };
      bucket.trap({ ...trap, act });
    });

  it.each(['before', 'after'] as const)('%s the object is written: the file is there, once', async (when) => {
    const content = file('Der Keller ist trocken.');
    const killed = kill({ method: 'PUT', when });
    // The bucket itself is made with PUT too, but only once and before.
    const itemId = await upload('keller', content);
    await killed;
    expect(await world()).toMatchObject({ parts: 3, rows: 1, objects: when === 'after' ? 1 : 0 });
    await restart(bucket.env);
    expect((await download(itemId)).equals(content)).toBe(true);
    await until(stored(1));
    expect((await download(itemId)).equals(content)).toBe(true);
    await remove(itemId);
    await until(stored(0));
  });

  it.each(['before', 'after'] as const)('%s the object is removed: nothing is left', async (when) => {
    const itemId = await upload('dach', file('Das Dach ist dicht.'));
    await until(stored(1));
    const killed = kill({ method: 'DELETE', when });
    await client.request('DELETE', `/items/${itemId}`).catch(() => undefined);
    await killed;
    expect(await world()).toEqual({ parts: 0, rows: 1, dead: 1, objects: when === 'after' ? 0 : 1 });
    await restart(bucket.env);
    await until(stored(0));
  });

  it('the item is deleted while its file is written: nothing is left', async () => {
    const content = file('Die Wand ist feucht.');
    let itemId = '';
    const deleted = new Promise<void>((resolve) => {
      bucket.trap({ method: 'PUT', when: 'after', act: () => remove(itemId).then(() => resolve()) });
    });
    itemId = await upload('wand', content);
    await deleted;
    await until(stored(0));
  });
});

describe('bucket and rows', () => {
  it('are compared: what is nobody’s goes, what is missing is told, what belongs to others stays', async () => {
    const itemId = await upload('heizung', file('Die Heizung ist warm.'));
    await until(stored(1));
    const [key = ''] = await bucket.keys();
    const stray = Buffer.from('stray');
    const sha256 = createHash('sha256').update(stray).digest('hex');
    const home = key.split('/')[0] ?? '';
    for (const where of [`${home}/nobody/1`, 'somebody-else/item/1']) {
      const { signal } = new AbortController();
      const body = (): Readable => Readable.from([stray]);
      await bucket.objects.put(where, { body, sha256, bytes: stray.length }, signal);
    }
    await eventually(async () => !(await bucket.keys()).includes(`${home}/nobody/1`));
    expect((await bucket.keys()).sort()).toEqual([key, 'somebody-else/item/1'].sort());
    await bucket.objects.remove(key);
    await eventually(async () => ((await originals())['compared'] as { missing: number } | null)?.missing === 1);
    expect(await client.request('GET', `/items/${itemId}/file`)).toMatchObject({
      status: 404,
      body: { code: 'LUNA_OBJECT_MISSING' },
    });
    await remove(itemId);
    await bucket.objects.remove('somebody-else/item/1');
    await until(stored(0));
  });

  it('a download that began before the move ends after it, whole', async () => {
    await restart({});
    const content = file('Das Tor ist offen.');
    const itemId = await upload('tor', content);
    const deps = { db: tenant.db, objects: bucket.objects };
    const original = await readItemFile(tenant.db, itemId);
    if (original === undefined) throw new Error('there is no file');
    const pieces: Buffer[] = [];
    for await (const piece of readOriginal(deps, itemId, original)) {
      pieces.push(piece);
      const lease = { worker: 'test', seconds: 60 };
      if (pieces.length === 1)
        expect(await moveOne({ ...deps, lease, count: () => undefined }, new AbortController().signal)).toBe(true);
    }
    expect(await world()).toEqual(stored(1));
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
  });
});
