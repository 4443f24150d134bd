import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSilentLogger } from '@luna-iems/service-kit';
import { createPool, identifier, migrate, setRolePasswords, sql, type Database } from '@luna-iems/tenant-db';
import { QdrantClient } from '@qdrant/js-client-rest';
import { claimPort } from '../../../hack/lib/ports.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the service tier sets ${name}`);
  return value;
};

const newKey = (): string => `luna_${randomBytes(32).toString('base64url')}`;

/** A tenant of its own for one test file: an empty database, an empty vector store, keys, and API processes on it. */
export interface TestTenant {
  /** As the owner, for looking at the state of the world. */
  db: Database;
  qdrant: QdrantClient;
  keys: { admin: string; reader: string };
  /** Starts the API as a process of its own; `extra` changes its environment. */
  start(extra?: Record<string, string>): Promise<ApiProcess>;
  /** Ends every API process that still runs, as an operator would, and waits until it is gone. */
  endAll(): Promise<void>;
  /** Ends everything; the processes' logs go to stderr when `LUNA_TEST_LOGS` is set. */
  stop(): Promise<void>;
}

export interface ApiProcess {
  url: string;
  child: ChildProcess;
  /** What it wrote. */
  log(): string;
  /** Waits until `/health/ready` gives this status. */
  until(status: number): Promise<void>;
  signal(name: NodeJS.Signals): Promise<number | null>;
}

/** Asks until it is so; the test's own time limit ends it otherwise. */
export async function eventually<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function startProcess(environment: Record<string, string>): Promise<ApiProcess> {
  const port = await claimPort();
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'] ?? '', ...environment, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const collect = (piece: Buffer): void => void (text += piece.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    child,
    log: () => text,
    until: async (status) => {
      await eventually(async () => {
        if (child.exitCode !== null) throw new Error(`the API has ended: ${text}`);
        const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
        return answer?.status === status;
      });
    },
    signal: (name) => {
      child.kill(name);
      return exited;
    },
  };
}

async function emptyVectorStore(qdrant: QdrantClient): Promise<void> {
  const { collections } = await qdrant.getCollections();
  for (const { name } of collections) await qdrant.deleteCollection(name);
}

/** Makes the tenant on the tier's services. */
export async function createTestTenant(): Promise<TestTenant> {
  const log = createSilentLogger();
  const name = `api_${randomBytes(6).toString('hex')}`;
  const root = createPool({ connectionString: env('DATABASE_URL'), applicationName: 'test-root', log, max: 1 });
  await root.execute(sql`create database ${identifier(name)}`);
  const ownUrl = new URL(env('DATABASE_URL'));
  ownUrl.pathname = `/${name}`;
  const db = createPool({ connectionString: ownUrl.href, applicationName: 'test', log, max: 4, statementTimeoutMs: 0 });
  await migrate(db, { log });
  const password = randomBytes(24).toString('base64url');
  await setRolePasswords(db, { luna_api: password });
  const apiUrl = new URL(ownUrl.href);
  apiUrl.username = 'luna_api';
  apiUrl.password = '';

  const qdrant = new QdrantClient({
    url: env('QDRANT_URL'),
    headers: { 'api-key': env('QDRANT_API_KEY') },
    checkCompatibility: false,
  });
  await emptyVectorStore(qdrant);

  const dir = await mkdtemp(join(tmpdir(), 'luna-keys-'));
  const keys = { admin: newKey(), reader: newKey() };
  await writeFile(
    join(dir, 'admin'),
    JSON.stringify({ key: keys.admin, scopes: ['ingest', 'ask', 'read', 'operate'] }),
  );
  await writeFile(join(dir, 'reader'), JSON.stringify({ key: keys.reader, scopes: ['read'] }));

  const processes: ApiProcess[] = [];
  const environment = {
    ...{ DATABASE_URL: apiUrl.href, PGPASSWORD: password, API_KEYS_DIR: dir, TENANT_NAME: 'test', DRAIN_SECONDS: '0' },
    ...{
      QDRANT_URL: env('QDRANT_URL'),
      QDRANT_API_KEY: env('QDRANT_API_KEY'),
      TIKA_URL: env('TIKA_URL'),
      OLLAMA_URL: env('OLLAMA_URL'),
    },
    ...{
      EMBEDDING_MODEL: env('EMBEDDING_MODEL'),
      EMBEDDING_DIMENSIONS: env('EMBEDDING_DIMENSIONS'),
      INGEST_LEASE_SECONDS: '3',
    },
  };
  const endAll = async (signal: NodeJS.Signals): Promise<void> => {
    await Promise.all(processes.map((api) => api.signal(signal)));
  };
  return {
    db,
    qdrant,
    keys,
    endAll: () => endAll('SIGTERM'),
    start: async (extra = {}) => {
      const started = await startProcess({ ...environment, ...extra });
      processes.push(started);
      return started;
    },
    stop: async () => {
      if (process.env['LUNA_TEST_LOGS'] !== undefined) for (const api of processes) process.stderr.write(api.log());
      await endAll('SIGKILL');
      await db.close();
      await root.execute(sql`drop database ${identifier(name)} with (force)`);
      await root.close();
      await emptyVectorStore(qdrant);
      await rm(dir, { recursive: true });
    },
  };
}
