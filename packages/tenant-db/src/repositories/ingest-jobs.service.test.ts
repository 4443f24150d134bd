import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../pool.ts';
import { sql } from '../sql.ts';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
import { dropOldJobFiles, readFileParts, writeFilePart } from './ingest-files.ts';
import {
  cancelIngestJob,
  claimIngestJob,
  countOpenIngestJobs,
  createIngestJob,
  finishIngestJob,
  listIngestJobs,
  readIngestJob,
  releaseIngestJob,
  retryIngestJob,
  updateIngestJob,
  type IngestJob,
} from './ingest-jobs.ts';

let fresh: FreshDatabase;
let db: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = fresh.db;
});
beforeEach(async () => {
  await db.execute(sql`delete from ingest_jobs`);
});
afterAll(() => fresh.close());

const lease = (worker: string): { worker: string; seconds: number } => ({ worker, seconds: 60 });
const create = (source = 'a.pdf'): Promise<IngestJob> =>
  createIngestJob(db, { source, sha256: 'a'.repeat(64), tags: ['x'] });
const expireLeases = (): Promise<number> =>
  db.execute(sql`update ingest_jobs set leased_until = now() - interval '1 second'`);

test('many workers share the jobs: each job goes to exactly one', async () => {
  const created = await Promise.all(Array.from({ length: 8 }, (_, index) => create(`${index}.pdf`)));
  const claimed = await Promise.all(
    Array.from({ length: 12 }, (_, index) => claimIngestJob(db, lease(`w${index}`), { alone: true })),
  );
  const taken = claimed.filter((job) => job !== undefined).map(({ jobId }) => jobId);
  expect(taken.sort()).toEqual(created.map(({ jobId }) => jobId).sort());
});

test('a job whose worker died goes to the next one, and the dead one cannot touch it any more', async () => {
  const { jobId } = await create();
  await claimIngestJob(db, lease('first'), { alone: true });
  expect(
    await updateIngestJob(db, jobId, lease('first'), { state: 'embedding', progressDone: 3, progressTotal: 9 }),
  ).toBe(true);
  expect(await claimIngestJob(db, lease('second'), { alone: true })).toBeUndefined();
  await expireLeases();
  expect(await claimIngestJob(db, lease('second'), { alone: true })).toMatchObject({
    jobId,
    state: 'embedding',
    progressDone: 3,
    attempts: 2,
  });
  expect(await updateIngestJob(db, jobId, lease('first'), { progressDone: 9 })).toBe(false);
  expect(await finishIngestJob(db, jobId, 'first', { state: 'done' })).toBe(false);
  expect(await readIngestJob(db, jobId)).toMatchObject({ progressDone: 3, finishedAt: null });
});

test('a job whose worker died is taken up alone, before others, and those with fewest attempts first', async () => {
  const [a, b] = [await create('a.pdf'), await create('b.pdf')];
  const claim = (alone: boolean): ReturnType<typeof claimIngestJob> => claimIngestJob(db, lease('w'), { alone });
  expect(await claim(true)).toMatchObject({ jobId: a.jobId, suspect: false });
  expect(await claim(false)).toMatchObject({ jobId: b.jobId, suspect: false });
  await create('c.pdf');
  await expireLeases();
  // Whoever has something at work takes neither of them, and nothing that came later.
  expect(await claim(false)).toBeUndefined();
  expect(await claim(true)).toMatchObject({ jobId: a.jobId, suspect: true, attempts: 2 });
  await expireLeases();
  expect(await claim(true)).toMatchObject({ jobId: b.jobId, suspect: true, attempts: 2 });
  await releaseIngestJob(db, b.jobId, 'w', { delayMs: 0 });
  expect(await claim(true)).toMatchObject({ jobId: a.jobId, attempts: 3 });
  await finishIngestJob(db, a.jobId, 'w', { state: 'quarantined' });
  expect(await claim(false)).toMatchObject({ suspect: false });
});

const parts = (): Promise<object[]> => db.query(sql`select from ingest_file_parts`);

async function claimed(): Promise<string> {
  const { jobId } = await create();
  await writeFilePart(db, jobId, 0, Buffer.from('Zähler'));
  await claimIngestJob(db, lease('w'), { alone: true });
  return jobId;
}

test.each(['done', 'duplicate'] as const)("a job that ends as %s keeps no bytes but its item's", async (state) => {
  expect(await finishIngestJob(db, await claimed(), 'w', { state })).toBe(true);
  expect(await parts()).toEqual([]);
});

test.each(['failed', 'quarantined', 'no_text'] as const)('a job that ends as %s can be tried again', async (state) => {
  const jobId = await claimed();
  await finishIngestJob(db, jobId, 'w', { state, errorCode: 'LUNA_X', error: 'x' });
  expect(await parts()).toHaveLength(1);
  const queued = { state: 'queued', attempts: 0, errorCode: null, finishedAt: null };
  expect(await retryIngestJob(db, jobId)).toMatchObject(queued);
  expect(await retryIngestJob(db, jobId)).toBeUndefined();
  expect(await claimIngestJob(db, lease('w'), { alone: true })).toMatchObject({ jobId });
});

test('bytes of jobs that ended badly go after their time, and then there is no other try', async () => {
  const jobId = await claimed();
  await finishIngestJob(db, jobId, 'w', { state: 'failed' });
  expect(await dropOldJobFiles(db, 7)).toBe(0);
  await db.execute(sql`update ingest_jobs set finished_at = now() - interval '8 days'`);
  expect(await dropOldJobFiles(db, 7)).toBe(1);
  expect(await parts()).toEqual([]);
  expect(await retryIngestJob(db, jobId)).toBeUndefined();
});

test("a cancelled job is nobody's any more, and its bytes are gone", async () => {
  const jobId = await claimed();
  expect(await cancelIngestJob(db, jobId)).toMatchObject({ state: 'cancelled' });
  expect(await updateIngestJob(db, jobId, lease('w'), { progressDone: 1 })).toBe(false);
  expect(await finishIngestJob(db, jobId, 'w', { state: 'done' })).toBe(false);
  expect(await cancelIngestJob(db, jobId)).toBeUndefined();
  expect(await parts()).toEqual([]);
});

test('a finished job says how it ended, and is not given out again', async () => {
  const jobId = await claimed();
  const outcome = { state: 'failed', errorCode: 'LUNA_ENCRYPTED', error: 'The file is encrypted.' } as const;
  expect(await finishIngestJob(db, jobId, 'w', outcome)).toBe(true);
  expect(await readIngestJob(db, jobId)).toMatchObject({ ...outcome, finishedAt: expect.any(Date) as Date });
  await expireLeases();
  expect(await claimIngestJob(db, lease('w'), { alone: true })).toBeUndefined();
  expect(await countOpenIngestJobs(db)).toBe(0);
  expect(await listIngestJobs(db, { states: ['failed'] })).toHaveLength(1);
  expect(await listIngestJobs(db, { states: ['done'] })).toEqual([]);
});

test('a job given back waits its time; given back on shutdown, it waits for nobody and costs no attempt', async () => {
  const { jobId } = await create();
  await claimIngestJob(db, lease('w'), { alone: true });
  await releaseIngestJob(db, jobId, 'w', { delayMs: 60_000, errorCode: 'LUNA_X', error: 'Ollama is away.' });
  expect(await claimIngestJob(db, lease('w'), { alone: true })).toBeUndefined();
  expect(await readIngestJob(db, jobId)).toMatchObject({ state: 'queued', attempts: 1, error: 'Ollama is away.' });
  await db.execute(sql`update ingest_jobs set run_after = now()`);
  await claimIngestJob(db, lease('w'), { alone: true });
  await releaseIngestJob(db, jobId, 'w', { delayMs: 0, countAttempt: false });
  expect(await claimIngestJob(db, lease('w'), { alone: true })).toMatchObject({ jobId, attempts: 2 });
});

test('a file comes back as it went in, part by part', async () => {
  const { jobId } = await create();
  const pieces = [Buffer.alloc(1024, 1), Buffer.from([0, 255, 10, 13]), Buffer.from('Zählerstand')];
  await Promise.all(pieces.map((part, index) => writeFilePart(db, jobId, index, part)));
  const read: Buffer[] = [];
  for await (const part of readFileParts(db, jobId)) read.push(part);
  expect(Buffer.concat(read).equals(Buffer.concat(pieces))).toBe(true);
});
