import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../pool.ts';
import { sql } from '../sql.ts';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
import { listChunks, putChunks, readLiveChunks, type StoredChunk } from './chunks.ts';
import {
  deleteItem,
  failVersion,
  listItems,
  publishVersion,
  readItem,
  stageVersion,
  type StagedVersion,
} from './items.ts';

let fresh: FreshDatabase;
let db: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = fresh.db;
});
beforeEach(async () => {
  await db.execute(sql`delete from items`);
});
afterAll(() => fresh.close());

const hash = (letter: string): string => letter.repeat(64);
const stage = (letter: string, source = 'manual.pdf'): Promise<StagedVersion> =>
  stageVersion(db, { source, sha256: hash(letter), title: `Title ${letter}`, tags: ['a'] });
type Written = Pick<StoredChunk, 'chunkId' | 'chunkIdx'>;
const write = (staged: StagedVersion, ...texts: string[]): Promise<Written[]> =>
  putChunks(
    db,
    staged.itemId,
    staged.version,
    texts.map((text, chunkIdx) => ({ chunkIdx, text, metadata: { page: chunkIdx + 1 } })),
  );
const ids = (chunks: readonly Written[]): string[] => chunks.map(({ chunkId }) => chunkId);

test('a staged version is invisible; published, it is what is listed and quoted', async () => {
  const staged = await stage('a');
  const chunks = await write(staged, 'one', 'two');
  expect(await readLiveChunks(db, ids(chunks))).toEqual([]);
  expect(await listItems(db)).toEqual([]);
  expect(await publishVersion(db, { ...staged, language: 'de' })).toEqual({ published: true });
  const live = await readLiveChunks(db, ids(chunks));
  expect(
    live.map(({ text, title, source, version, metadata }) => ({ text, title, source, version, metadata })),
  ).toEqual(
    expect.arrayContaining([
      { text: 'one', title: 'Title a', source: 'manual.pdf', version: 1, metadata: { page: 1 } },
    ]),
  );
  expect(await listItems(db)).toMatchObject([
    { itemId: staged.itemId, version: 1, chunks: 2, language: 'de', sha256: hash('a') },
  ]);
});

test('the same bytes are one item, at any moment and in any number of parallel uploads', async () => {
  const results = await Promise.all(Array.from({ length: 6 }, () => stage('a')));
  expect(results.filter(({ outcome }) => outcome === 'staged')).toHaveLength(1);
  expect(new Set(results.map(({ itemId, version }) => `${itemId}/${version}`)).size).toBe(1);
  const [staged] = results;
  await publishVersion(db, staged as StagedVersion);
  expect((await stage('a')).outcome).toBe('duplicate');
  const other = await stage('a', 'other.pdf');
  expect(other.outcome).toBe('staged');
  expect(other.itemId).not.toBe(staged?.itemId);
});

test('new bytes replace the old ones in one step: at no moment none, at no moment both', async () => {
  const first = await stage('a');
  const before = await write(first, 'old');
  await publishVersion(db, first);
  const second = await stage('b');
  expect(second).toMatchObject({ outcome: 'staged', itemId: first.itemId, version: 2 });
  const after = await write(second, 'new', 'newer');
  expect((await readLiveChunks(db, [...ids(before), ...ids(after)])).map(({ text }) => text)).toEqual(['old']);
  await publishVersion(db, second);
  const live = await readLiveChunks(db, [...ids(before), ...ids(after)]);
  expect(live.map(({ text }) => text).sort()).toEqual(['new', 'newer']);
  expect(await listChunks(db, first.itemId, 1)).toEqual([]);
  expect(await readItem(db, first.itemId)).toMatchObject({ version: 2, sha256: hash('b'), chunks: 2 });
});

test('going back to earlier bytes is a new version, not a duplicate', async () => {
  await publishVersion(db, await stage('a'));
  await publishVersion(db, await stage('b'));
  const third = await stage('a');
  expect(third).toMatchObject({ outcome: 'staged', version: 3 });
  expect(await publishVersion(db, third)).toEqual({ published: true });
});

test('an older version that is finished later does not win', async () => {
  const first = await stage('a');
  const second = await stage('b');
  await write(first, 'old');
  await write(second, 'new');
  expect(await publishVersion(db, second)).toEqual({ published: true });
  expect(await publishVersion(db, first)).toEqual({ published: false });
  expect(await readItem(db, first.itemId)).toMatchObject({ version: 2, chunks: 1 });
  expect(await listChunks(db, first.itemId, 1)).toEqual([]);
});

test('publishing twice is harmless', async () => {
  const staged = await stage('a');
  await write(staged, 'one');
  await publishVersion(db, staged);
  const once = await readItem(db, staged.itemId);
  expect(await publishVersion(db, staged)).toEqual({ published: true });
  expect(await readItem(db, staged.itemId)).toMatchObject({ version: once?.version, chunks: once?.chunks });
});

test('a first version that fails leaves no item; a later one leaves the live version alone', async () => {
  const lost = await stage('a');
  await write(lost, 'one');
  await failVersion(db, lost.itemId, lost.version);
  expect(await readItem(db, lost.itemId)).toBeUndefined();

  const good = await stage('a');
  await write(good, 'good');
  await publishVersion(db, good);
  const bad = await stage('b');
  await write(bad, 'bad');
  await failVersion(db, bad.itemId, bad.version);
  expect(await readItem(db, good.itemId)).toMatchObject({ version: 1, chunks: 1 });
  expect((await stage('b')).outcome).toBe('staged');
});

test('a resumed job writes its chunks again under the same ids', async () => {
  const staged = await stage('a');
  const first = await write(staged, 'one', 'two');
  const again = await write(staged, 'one', 'two', 'three');
  expect(ids(again).slice(0, 2)).toEqual(ids(first));
  expect((await listChunks(db, staged.itemId, 1)).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  expect((await listChunks(db, staged.itemId, 1, { fromIdx: 1, limit: 1 })).map(({ text }) => text)).toEqual(['two']);
});

test('deleting takes versions and chunks along', async () => {
  const staged = await stage('a');
  await write(staged, 'one');
  await publishVersion(db, staged);
  expect(await deleteItem(db, staged.itemId)).toBe(true);
  expect(await deleteItem(db, staged.itemId)).toBe(false);
  expect(await publishVersion(db, staged)).toEqual({ published: false });
  const [left] = await db.query(
    sql`select (select count(*) from item_chunks) + (select count(*) from item_versions) as n`,
  );
  expect(left).toEqual({ n: 0 });
});

test('the list filters and pages without gaps or doubles', async () => {
  for (let index = 0; index < 5; index += 1) await publishVersion(db, await stage('a', `source-${index}`));
  // All in one millisecond: finer than what a caller can send back as the position.
  await db.execute(
    sql`update items set created_at = '2026-01-01'::timestamptz + interval '1 microsecond' * (random() * 900)`,
  );
  const all = await listItems(db);
  expect(all).toHaveLength(5);
  const paged = [];
  for (let after: (typeof all)[number] | undefined; ;) {
    const page = await listItems(db, { limit: 2, after });
    paged.push(...page);
    if (page.length < 2) break;
    after = page.at(-1);
  }
  expect(paged.map(({ itemId }) => itemId)).toEqual(all.map(({ itemId }) => itemId));
  expect(await listItems(db, { source: 'source-3' })).toHaveLength(1);
  expect(await listItems(db, { tags: ['a'] })).toHaveLength(5);
  expect(await listItems(db, { tags: ['a', 'b'] })).toEqual([]);
});
