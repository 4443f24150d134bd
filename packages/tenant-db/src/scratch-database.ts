import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { databaseError } from './errors.ts';

export interface ScratchDatabase {
  readonly connectionString: string;
  /** Ends what is still connected and removes the database. */
  drop(): Promise<void>;
}

/** A fresh, empty database on the server that `ownerUrl` reaches, for tests and benchmarks. */
export async function createScratchDatabase(ownerUrl: string, prefix = 'scratch'): Promise<ScratchDatabase> {
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  // template0: nobody can be connected to it, so the copy never has to wait.
  await onServer(ownerUrl, `create database "${name}" template template0`);
  const url = new URL(ownerUrl);
  url.pathname = `/${name}`;
  return {
    connectionString: url.href,
    drop: () => onServer(ownerUrl, `drop database if exists "${name}" with (force)`),
  };
}

async function onServer(ownerUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    await client.query(statement);
  } catch (error) {
    throw databaseError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
