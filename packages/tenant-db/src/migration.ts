import { createHash } from 'node:crypto';

/** One numbered SQL file of `migrations/`. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** What makes a file the same file: its bytes, line ends aside. */
export function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql.replaceAll('\r\n', '\n')).digest('hex');
}

/** `-- luna:no-transaction` among the leading comments: its statements run one by one and must each be idempotent. */
export function runsWithoutTransaction(migration: Migration): boolean {
  const header = /^(?:\s*--[^\n]*\n|\s*\n)*/.exec(migration.sql)?.[0] ?? '';
  return /^\s*--\s*luna:no-transaction\s*$/m.test(header);
}
