import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ServiceEnv, ServiceName } from './types.ts';

const httpProbes: Partial<Record<ServiceName, (env: ServiceEnv) => string>> = {
  qdrant: (env) => `${env['QDRANT_URL']}/readyz`,
  tika: (env) => `${env['TIKA_URL']}/version`,
  ollama: (env) => `${env['OLLAMA_URL']}/api/version`,
  'object-store': (env) => `${env['S3_ENDPOINT']}/minio/health/live`,
};

/** Whether a service does its work now: a query for the database, its own ready call for the others. */
export async function answers(name: ServiceName, env: ServiceEnv): Promise<boolean> {
  const probe = httpProbes[name];
  if (probe === undefined) return databaseAnswers(env['DATABASE_URL'] ?? '');
  return fetch(probe(env), { signal: AbortSignal.timeout(2000) }).then(
    (response) => response.ok,
    () => false,
  );
}

async function databaseAnswers(connectionString: string): Promise<boolean> {
  if (!(await listens(new URL(connectionString)))) return false;
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000, query_timeout: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false; // starting: refuses connections, or says so
  } finally {
    await client.end().catch(() => undefined);
  }
}

function listens({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port), timeout: 1000 });
    const done = (ok: boolean): void => {
      socket.destroy();
      resolve(ok);
    };
    socket
      .once('connect', () => done(true))
      .once('error', () => done(false))
      .once('timeout', () => done(false));
  });
}

/** Asks `question` every 100 ms until it is true; false when `seconds` have passed first. */
export async function until(question: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    if (await question()) return true;
    await sleep(100);
  }
  return false;
}
