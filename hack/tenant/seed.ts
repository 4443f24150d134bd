import { openAsBlob } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { ApiError, type Api } from './api.ts';
import { mapBounded } from './bounded.ts';
import { CliError, sentenceOf } from './errors.ts';
import { withSession, type Context } from './session.ts';
import { duration, rowPrinter, type RowPrinter } from './table.ts';

const mediaTypes: Readonly<Record<string, string>> = {
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.html': 'text/html',
  '.pdf': 'application/pdf',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
};
/** Uploads under way at a time: enough to keep extraction and embedding both busy. */
const concurrency = 2;
/** The longest wait that the API grants in one request, in seconds. */
const waitSeconds = 120;
const jobDeadlineMs = 15 * 60_000;
const attempts = 6;

interface Job {
  readonly jobId?: string;
  readonly state: string;
  readonly itemId?: string | null;
  readonly chunks?: number | null;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What became of one file. `no_text` is no failure: there was nothing to read in it. */
export interface Seeded {
  readonly file: string;
  readonly state: string;
  readonly seconds: number;
  readonly itemId: string | undefined;
  readonly chunks: number | undefined;
  readonly reason: string | undefined;
}

const ended = new Set(['done', 'failed', 'duplicate', 'no_text', 'quarantined', 'cancelled']);
const good = new Set(['done', 'duplicate', 'no_text']);

/** The documents in a folder that the API takes, by name. */
export async function documentsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new CliError('LUNA_SAMPLES_MISSING', `The folder ${folder} cannot be read.`, error);
  });
  const documents = names.filter((name) => extname(name) in mediaTypes).sort();
  if (documents.length === 0)
    throw new CliError('LUNA_SAMPLES_MISSING', `The folder ${folder} holds no document to ingest.`);
  return documents;
}

async function upload(api: Api, folder: string, file: string): Promise<Job> {
  const form = new FormData();
  // Fields go before the file: a server that streams the file knows them by then.
  form.append('source', file);
  form.append('tags', 'sample');
  form.append('file', await openAsBlob(join(folder, file), { type: mediaTypes[extname(file)] ?? '' }), file);
  return api.json<Job>(`/ingest/doc?wait=${waitSeconds}`, {
    method: 'POST',
    body: form,
    timeoutMs: (waitSeconds + 30) * 1_000,
  });
}

const busy = (error: unknown): error is ApiError =>
  error instanceof ApiError && (error.status === 429 || error.status === 503);

async function uploadPatiently(context: Context, send: () => Promise<Job>): Promise<Job> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!busy(error) || attempt === attempts) throw error;
      await context.sleep(Math.min(30, error.retryAfterSeconds ?? 2 ** attempt) * 1_000);
    }
  }
}

async function finish(context: Context, api: Api, job: Job): Promise<Job> {
  const deadline = context.now() + jobDeadlineMs;
  let current = job;
  while (!ended.has(current.state) && job.jobId !== undefined) {
    if (context.now() > deadline)
      return {
        ...current,
        state: 'failed',
        error: { code: 'LUNA_SEED_TIMEOUT', message: `still ${current.state} after 15 min` },
      };
    await context.sleep(1_000);
    current = await api.json<Job>(`/ingest/jobs/${job.jobId}`);
  }
  return current;
}

async function seedOne(context: Context, api: Api, path: { folder: string; file: string }): Promise<Seeded> {
  const started = context.now();
  const seconds = (): number => (context.now() - started) / 1_000;
  const base = { file: path.file, itemId: undefined, chunks: undefined };
  try {
    const job = await finish(context, api, await uploadPatiently(context, () => upload(api, path.folder, path.file)));
    return {
      file: path.file,
      state: job.state,
      seconds: seconds(),
      itemId: job.itemId ?? undefined,
      chunks: job.chunks ?? undefined,
      reason: job.error?.message,
    };
  } catch (error) {
    // Every other file would be refused in the same way.
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) throw error;
    return { ...base, state: 'failed', seconds: seconds(), reason: sentenceOf(error) };
  }
}

/** The line under the table. */
export function totals(results: readonly Seeded[], seconds: number): string {
  const count = (state: string): number => results.filter((result) => result.state === state).length;
  const chunks = results.reduce((sum, result) => sum + (result.chunks ?? 0), 0);
  const failed = results.filter((result) => !good.has(result.state)).length;
  const parts = [
    `${results.length} files in ${duration(seconds)}`,
    `${count('done')} ingested`,
    `${count('duplicate')} already there`,
    `${count('no_text')} without text`,
    `${failed} failed`,
    `${chunks} chunks`,
  ];
  return parts.join(', ');
}

function printerFor(files: readonly string[]): RowPrinter {
  return rowPrinter([
    { title: 'file', width: Math.max(...files.map((file) => file.length)) },
    { title: 'item', width: 36 },
    { title: 'chunks', align: 'right' },
    { title: 'seconds', align: 'right' },
    { title: 'state' },
  ]);
}

function show(context: Context, printer: RowPrinter, result: Seeded): void {
  context.print(printer.row([result.file, result.itemId, result.chunks, result.seconds.toFixed(1), result.state]));
  if (result.reason !== undefined && result.state !== 'done') context.print(`  ${result.reason}`);
}

/** Uploads every document of a folder through the API, a row each; answers the exit code. */
export async function seed(context: Context, folder: string): Promise<number> {
  const files = await documentsIn(folder);
  return withSession(context, async (api) => {
    // A dead API is one sentence, not a row for each file.
    await api.send('/health/live');
    const printer = printerFor(files);
    const started = context.now();
    context.print(printer.head);
    const results = await mapBounded(files, concurrency, async (file) => {
      const result = await seedOne(context, api, { folder, file });
      show(context, printer, result);
      return result;
    });
    context.print('');
    context.print(totals(results, (context.now() - started) / 1_000));
    return results.every((result) => good.has(result.state)) ? 0 : 1;
  });
}
