export { createPool, type Database, type PoolOptions, type Queryable, type Session } from './pool.ts';
export { emptySql, identifier, joinSql, sql, whereAll, type Sql } from './sql.ts';
export { DatabaseError, databaseError, isTransientDatabaseError } from './errors.ts';
export { migrate, schemaVersion, type MigrateOptions, type MigrateResult } from './migrate.ts';
export type { Migration } from './migration.ts';
export {
  readSchemaVersion,
  readTimescaleEdition,
  waitForDatabase,
  type TimescaleEdition,
  type WaitOptions,
} from './schema-info.ts';
export { setRolePasswords, type TenantRole } from './role-passwords.ts';
