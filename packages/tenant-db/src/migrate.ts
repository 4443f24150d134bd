import { LunaError, errorMessage, sleep, type Logger } from '@luna-iems/service-kit';
import { migrations as embedded } from './generated/migrations.ts';
import { checksumOf, runsWithoutTransaction, type Migration } from './migration.ts';
import type { Database, Session } from './pool.ts';
import { splitStatements } from './split-statements.ts';
import { sql } from './sql.ts';

/** Number of the newest migration in this build. */
export const schemaVersion: number = embedded.at(-1)?.version ?? 0;

/** Any number, the same in every build: the lock that two schema jobs of one database meet at. */
const LOCK_KEY = 7_105_846_311;
const LOCK_POLL_MS = 250;

export interface MigrateOptions {
  readonly log: Logger;
  /** Default: those of this build. */
  readonly migrations?: readonly Migration[];
  readonly signal?: AbortSignal;
  /** How long to wait for another run's lock, in ms. Default 10 minutes. */
  readonly lockTimeoutMs?: number;
}

export interface MigrateResult {
  /** The schema version that the database has now. */
  readonly version: number;
  /** Versions that this run applied. */
  readonly applied: readonly number[];
}

/**
 * Brings the schema up to date: forward only, one transaction per file, under a session advisory lock, each file recorded with its
 * checksum. Running it twice or twice at once is harmless.
 * Errors: `LUNA_MIGRATION_CHANGED` (an applied file differs now), `LUNA_MIGRATION_FAILED` (a file's SQL failed; nothing of it
 * stays), `LUNA_MIGRATION_LOCKED` (another run held the lock too long), `LUNA_DB_…`.
 */
export function migrate(database: Pick<Database, 'session'>, options: MigrateOptions): Promise<MigrateResult> {
  return database.session(async (session) => {
    await lock(session, options);
    try {
      return await run(session, options);
    } finally {
      // The lock goes with the connection too, so a failed unlock of a broken one is no news.
      await session.execute(sql`select pg_advisory_unlock(${LOCK_KEY})`).catch(() => undefined);
    }
  });
}

/** Polls instead of waiting inside the server: a waiting statement would block `create index concurrently` of the holder. */
async function lock(session: Session, { signal, lockTimeoutMs = 600_000, log }: MigrateOptions): Promise<void> {
  const tries = Math.max(1, Math.ceil(lockTimeoutMs / LOCK_POLL_MS));
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const [row] = await session.query<{ ok: boolean }>(sql`select pg_try_advisory_lock(${LOCK_KEY}) as ok`);
    if (row?.ok === true) return;
    if (attempt === 0) log.info('another run is migrating this database; waiting for it');
    await sleep(LOCK_POLL_MS, signal);
  }
  throw new LunaError(
    'LUNA_MIGRATION_LOCKED',
    `another run has been migrating this database for over ${lockTimeoutMs} ms`,
    {
      status: 503,
    },
  );
}

interface Applied {
  readonly version: number;
  readonly checksum: string;
  readonly finished: boolean;
}

async function run(session: Session, options: MigrateOptions): Promise<MigrateResult> {
  const wanted = options.migrations ?? embedded;
  await session.script('set statement_timeout = 0; set client_min_messages = warning');
  await session.script(`create table if not exists luna_migrations (
    version     int primary key check (version >= 1),
    name        text not null,
    checksum    text not null,
    started_at  timestamptz not null default now(),
    finished_at timestamptz
  )`);
  const known = await readApplied(session);
  checkUnchanged(wanted, known);
  const applied: number[] = [];
  for (const migration of wanted) {
    if (known.get(migration.version)?.finished === true) continue;
    options.signal?.throwIfAborted();
    await apply(session, migration);
    applied.push(migration.version);
    options.log.info({ version: migration.version, migration: migration.name }, 'migration applied');
  }
  const version = Math.max(0, ...known.keys(), ...applied);
  const newest = wanted.at(-1)?.version ?? 0;
  if (version > newest)
    options.log.warn({ version, newest }, 'the database is newer than this build; nothing is taken back');
  return { version, applied };
}

async function readApplied(session: Session): Promise<Map<number, Applied>> {
  const rows = await session.query<Applied>(
    sql`select version, checksum, finished_at is not null as finished from luna_migrations order by version`,
  );
  return new Map(rows.map((row) => [row.version, row]));
}

function checkUnchanged(wanted: readonly Migration[], known: ReadonlyMap<number, Applied>): void {
  const changed = wanted.filter((migration) => {
    const row = known.get(migration.version);
    return row?.finished === true && row.checksum !== checksumOf(migration);
  });
  if (changed.length === 0) return;
  const names = changed
    .map((migration) => `${String(migration.version).padStart(3, '0')}_${migration.name}`)
    .join(', ');
  throw new LunaError(
    'LUNA_MIGRATION_CHANGED',
    `already applied and different now: ${names}. Restore the file and put the change into a new migration.`,
  );
}

async function apply(session: Session, migration: Migration): Promise<void> {
  try {
    await (runsWithoutTransaction(migration) ? applyPiecewise(session, migration) : applyAtOnce(session, migration));
  } catch (error) {
    const label = `${String(migration.version).padStart(3, '0')}_${migration.name}`;
    throw new LunaError('LUNA_MIGRATION_FAILED', `migration ${label} failed: ${errorMessage(error)}`, { cause: error });
  }
}

/** The record comes first: were the lock ever bypassed, the second run would stop at the primary key before doing anything. */
async function applyAtOnce(session: Session, migration: Migration): Promise<void> {
  await session.script('begin');
  try {
    await session.execute(
      sql`insert into luna_migrations (version, name, checksum, finished_at)
          values (${migration.version}, ${migration.name}, ${checksumOf(migration)}, now())`,
    );
    await session.script(migration.sql);
    await session.script('commit');
  } catch (error) {
    await session.script('rollback').catch(() => undefined);
    throw error;
  }
}

/** An unfinished record marks a file that stopped half-way; the next run starts it again, changed or not. */
async function applyPiecewise(session: Session, migration: Migration): Promise<void> {
  await session.execute(
    sql`insert into luna_migrations (version, name, checksum)
        values (${migration.version}, ${migration.name}, ${checksumOf(migration)})
        on conflict (version) do update set name = excluded.name, checksum = excluded.checksum, started_at = now()`,
  );
  for (const statement of splitStatements(migration.sql)) await session.script(statement);
  await session.execute(sql`update luna_migrations set finished_at = now() where version = ${migration.version}`);
}
