import { retry, type Logger, LunaError } from '@luna-iems/service-kit';
import { isTransientDatabaseError } from './errors.ts';
import type { Database, Queryable } from './pool.ts';
import { sql } from './sql.ts';

/** The schema version the database has; 0 where nothing was migrated yet. */
export async function readSchemaVersion(db: Queryable): Promise<number> {
  const [table] = await db.query<{ found: boolean }>(
    sql`select to_regclass('public.luna_migrations') is not null as found`,
  );
  if (table?.found !== true) return 0;
  const [row] = await db.query<{ version: number }>(
    sql`select coalesce(max(version), 0) as version from luna_migrations where finished_at is not null`,
  );
  return row?.version ?? 0;
}

/** `timescale` has compression, continuous aggregates and policies; `apache` has none of them. */
export type TimescaleEdition = 'timescale' | 'apache';

/** The edition of the server's TimescaleDB; undefined where the extension is not loaded. */
export async function readTimescaleEdition(db: Queryable): Promise<TimescaleEdition | undefined> {
  const [row] = await db.query<{ license: string | null }>(
    sql`select current_setting('timescaledb.license', true) as license`,
  );
  return row?.license === 'timescale' || row?.license === 'apache' ? row.license : undefined;
}

export interface WaitOptions {
  readonly log: Logger;
  /** Default 5 minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const MAX_WAIT_STEP_MS = 5_000;

/** Asks until the database answers. Errors that waiting does not cure (wrong password, no such database) end it at once. */
export async function waitForDatabase(db: Pick<Database, 'ping'>, options: WaitOptions): Promise<void> {
  const { log, timeoutMs = 300_000 } = options;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  let last: unknown;
  try {
    await retry(() => db.ping(), {
      attempts: Number.MAX_SAFE_INTEGER,
      minMs: 250,
      maxMs: MAX_WAIT_STEP_MS,
      signal,
      isRetryable: isTransientDatabaseError,
      onRetry: (error, attempt) => {
        last = error;
        log.info({ err: error, attempt }, 'the database does not answer yet');
      },
    });
  } catch (error) {
    if (!deadline.aborted) throw error;
    throw new LunaError('LUNA_DB_UNREACHABLE', `the database did not answer within ${timeoutMs} ms`, {
      cause: last ?? error,
      status: 503,
    });
  }
}
