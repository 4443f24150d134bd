import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createSilentLogger } from '@luna-iems/service-kit';
import { createPool, createScratchDatabase, migrate, setRolePasswords } from '@luna-iems/tenant-db';
import { buildApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Judgement } from '../src/ask/judge.ts';
import { createServices, type Services } from '../src/services.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The service itself on an empty database, listening on loopback: what is measured is what customers run. */
export interface EvalTenant {
  services: Services;
  /** Uploads a file and waits for the end of its job. Resolves to its state; throws when the API refuses it. */
  upload(name: string, content: Uint8Array | string, fields?: Readonly<Record<string, string>>): Promise<string>;
  /** The answer of `POST /rag/ask`, and what was judged before it. One question at a time. */
  ask<T>(question: string): Promise<{ reply: T; judgement: Judgement }>;
  close(): Promise<void>;
}

const ended = new Set(['done', 'failed', 'duplicate', 'no_text', 'quarantined', 'cancelled']);
const WAIT_SECONDS = 120;
const READY_MS = 120_000;

async function ownDatabase(ownerUrl: string): Promise<{ url: string; password: string; drop(): Promise<void> }> {
  const scratch = await createScratchDatabase(ownerUrl, 'eval');
  const log = createSilentLogger();
  const owner = createPool({ connectionString: scratch.connectionString, applicationName: 'eval', log, max: 2 });
  const password = randomBytes(24).toString('base64url');
  try {
    await migrate(owner, { log });
    await setRolePasswords(owner, { luna_api: password });
  } finally {
    await owner.close();
  }
  const url = new URL(scratch.connectionString);
  url.username = 'luna_api';
  url.password = password;
  return { url: url.href, password, drop: () => scratch.drop() };
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

async function untilReady(url: string, deadline: AbortSignal): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/health/ready`, { signal: deadline });
    await answer.arrayBuffer();
    if (answer.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

interface Caller {
  url: string;
  headers: Record<string, string>;
}

async function json<T>(answer: Response): Promise<T> {
  const body = await answer.text();
  if (!answer.ok) throw new Error(`the API answered ${answer.status}: ${body.slice(0, 500)}`);
  return JSON.parse(body) as T;
}

async function upload(
  { url, headers }: Caller,
  file: { name: string; content: Uint8Array | string },
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const content = typeof file.content === 'string' ? file.content : new Uint8Array(file.content);
  form.set('file', new Blob([content]), file.name);
  type Job = { jobId: string; state: string };
  let job = await json<Job>(
    await fetch(`${url}/ingest/doc?wait=${WAIT_SECONDS}`, { method: 'POST', headers, body: form }),
  );
  while (!ended.has(job.state)) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    job = await json<Job>(await fetch(`${url}/ingest/jobs/${job.jobId}`, { headers }));
  }
  return job.state;
}

/**
 * Starts the service in this process. `env` names the servers as for the service itself (DATABASE_URL is the owner's) and
 * may change its other settings. Throws when it is not ready in time.
 */
export async function startEvalTenant(env: Environment): Promise<EvalTenant> {
  const database = await ownDatabase(required(env, 'DATABASE_URL'));
  const keysDir = await mkdtemp(join(tmpdir(), 'luna-eval-'));
  const key = `luna_${randomBytes(32).toString('base64url')}`;
  await writeFile(join(keysDir, 'admin'), JSON.stringify({ key, scopes: ['ingest', 'ask', 'read', 'operate'] }));
  const settings = { RATE_LIMIT_PER_MINUTE: '1000000', LOG_LEVEL: 'warn', TENANT_NAME: 'eval' };
  // Original files stay in its database: `env` may name an object store among the servers, but no bucket is this service's.
  const withoutStore = { S3_ENDPOINT: undefined, S3_BUCKET: undefined };
  const own = { DATABASE_URL: database.url, API_KEYS_DIR: keysDir };
  const config = readConfig({ ...settings, ...env, ...withoutStore, ...own });
  const log = createLogger({ name: 'eval', level: config.LOG_LEVEL });
  const services = createServices({ config, log, env: {}, version: 'eval' });
  const judged: Judgement[] = [];
  const app = await buildApp({ ...services.app, count: (_, judgement) => void judged.push(judgement) });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const stop = new AbortController();
  const loops = Promise.all([
    services.supervisor.run(stop.signal),
    services.keepModels(stop.signal),
    services.worker.run(stop.signal),
  ]);
  const close = async (): Promise<void> => {
    await app.close();
    stop.abort();
    await loops.catch(() => undefined);
    await services.close();
    await database.drop();
    await rm(keysDir, { recursive: true });
  };
  const caller = { url, headers: { authorization: `Bearer ${key}` } };
  try {
    await untilReady(url, AbortSignal.timeout(READY_MS));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    services,
    upload: (name, content, fields = {}) => upload(caller, { name, content }, fields),
    ask: async <T>(question: string) => {
      const answer = await fetch(`${url}/rag/ask`, {
        method: 'POST',
        headers: { ...caller.headers, 'content-type': 'application/json' },
        body: JSON.stringify({ question }),
      });
      const reply = await json<T>(answer);
      const judgement = judged.pop();
      if (!judgement) throw new Error('the answer was never judged');
      return { reply, judgement };
    },
    close,
  };
}
