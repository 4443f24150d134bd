import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { retry, type Logger } from '@luna-iems/service-kit';
import { DatabaseError, databaseError } from './errors.ts';
import { sql, type Sql } from './sql.ts';
import { typeParsers } from './types.ts';

/** Something that runs statements: the pool, or one transaction. */
export interface Queryable {
  /** The rows. Their type is the caller's claim about its own statement. */
  query<Row extends object>(statement: Sql): Promise<Row[]>;
  /** Number of rows that the statement touched. */
  execute(statement: Sql): Promise<number>;
}

/** One transaction, which holds one connection. */
export interface Transaction extends Queryable {
  /**
   * `copy … from stdin …` with these bytes; returns how many rows the server took. `onSent` is called once all bytes have left this
   * process, which may then do something else while the server works.
   */
  copyIn(statement: string, bytes: Buffer, onSent?: () => void): Promise<number>;
}

/** One connection held for several statements, without a transaction unless the caller begins one. */
export interface Session extends Transaction {
  /** Several statements in one text, without values (migrations). */
  script(text: string): Promise<void>;
}

export interface Database extends Queryable {
  /**
   * Runs `work` in a transaction and commits, or rolls back and throws. Deadlocks and serialisation failures are tried again
   * (3 times in all), so `work` must have no effect outside the database.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  session<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** `select 1`; throws a DatabaseError when the database does not answer. */
  ping(): Promise<void>;
  /** Waits for running statements and closes all connections. */
  close(): Promise<void>;
  /** The driver's pool, for libraries that want one. */
  readonly pool: pg.Pool;
}

export interface PoolOptions {
  /** `postgres://user@host:port/db`; the password may come from PGPASSWORD. */
  readonly connectionString: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly log: Logger;
  /** Connections at most. Default 10. */
  readonly max?: number;
  /** The server gives up a statement after this many ms; 0 for no limit (migrations). Default 30000. */
  readonly statementTimeoutMs?: number;
  /** Time to get a connection, in ms. Default 5000. */
  readonly connectTimeoutMs?: number;
}

const TRANSACTION_TRIES = 3;
/** How much longer than the server the client waits, in case the server is gone. */
const CLIENT_GRACE_MS = 5_000;

/** A connection pool whose idle connections may die without taking the process with them. */
export function createPool(options: PoolOptions): Database {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    idle_in_transaction_session_timeout: 60_000,
    types: typeParsers,
    ...(statementTimeoutMs === 0
      ? {}
      : { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + CLIENT_GRACE_MS }),
  });
  // Without this listener the loss of an idle connection is an uncaught exception.
  pool.on('error', (error) => options.log.warn({ err: error }, 'an idle database connection was lost'));

  const session = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    withClient(pool, (client) => work(sessionOf(client)));
  return {
    ...queryableOf(pool),
    pool,
    session,
    transaction: (work) =>
      retry(() => session((one) => inTransaction(one, work)), {
        attempts: TRANSACTION_TRIES,
        minMs: 20,
        maxMs: 500,
        isRetryable: (error) => error instanceof DatabaseError && error.code === 'LUNA_DB_SERIALIZATION',
      }),
    ping: async () => {
      await queryableOf(pool).execute(sql`select 1`);
    },
    close: () => pool.end(),
  };
}

interface Runner {
  query(statement: pg.QueryConfig): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

function queryableOf(runner: Runner): Queryable {
  const run = async ({ name, text, values }: Sql): Promise<{ rows: unknown[]; rowCount: number | null }> => {
    try {
      return await runner.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
    } catch (error) {
      throw databaseError(error);
    }
  };
  return {
    query: async <Row extends object>(statement: Sql) => (await run(statement)).rows as Row[],
    execute: async (statement) => (await run(statement)).rowCount ?? 0,
  };
}

function sessionOf(client: pg.PoolClient): Session {
  return {
    ...queryableOf(client),
    script: async (text) => {
      try {
        await client.query(text);
      } catch (error) {
        throw databaseError(error);
      }
    },
    copyIn: (statement, bytes, onSent) => copyIn(client, { statement, bytes, onSent }),
  };
}

interface Copy {
  readonly statement: string;
  readonly bytes: Buffer;
  readonly onSent: (() => void) | undefined;
}

function copyIn(client: pg.PoolClient, { statement, bytes, onSent }: Copy): Promise<number> {
  const stream = client.query(copyFrom(statement));
  return new Promise((resolve, reject) => {
    stream.on('error', (error) => {
      // The server said no while we may still be sending: what is left is not sent, and the stream forgets its connection only after this.
      stream.destroy();
      reject(databaseError(error));
    });
    // Its `finish` comes with the server's last word, not with ours.
    stream.once('finish', () => resolve(stream.rowCount));
    stream.write(bytes, () => {
      if (!stream.destroyed) onSent?.();
    });
    stream.end();
  });
}

/** Runs `work` once between begin and commit; rolls back and throws its error. */
export async function inTransaction<T>(session: Session, work: (tx: Transaction) => Promise<T>): Promise<T> {
  await session.script('begin');
  try {
    const result = await work(session);
    await session.script('commit');
    return result;
  } catch (error) {
    await session.script('rollback').catch(() => undefined);
    throw error;
  }
}

/** A connection that broke in the hands of its user is thrown away instead of going back to the pool. */
async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw databaseError(error);
  });
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    return await work(client);
  } catch (error) {
    if (isDriverFailure(error)) broken ??= error;
    throw error;
  } finally {
    client.removeListener('error', onError);
    client.release(broken ?? false);
  }
}

/** The server said nothing about it: the connection is lost, or still busy with a statement that we gave up waiting for. */
function isDriverFailure(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.sqlState === undefined;
}
