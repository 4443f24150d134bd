import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { migrations } from './generated/migrations.ts';
import { schemaVersion } from './migrate.ts';
import { checksumOf, runsWithoutTransaction } from './migration.ts';

const migration = (sql: string): { version: number; name: string; sql: string } => ({ version: 1, name: 'x', sql });

test('line ends are not a change, anything else is', () => {
  expect(checksumOf(migration('a\r\nb\n'))).toBe(checksumOf(migration('a\nb\n')));
  expect(checksumOf(migration('a\nb'))).not.toBe(checksumOf(migration('a\nb ')));
});

test('the marker counts among the leading comments only', () => {
  expect(runsWithoutTransaction(migration('-- why\n\n-- luna:no-transaction\nselect 1'))).toBe(true);
  expect(runsWithoutTransaction(migration('select 1;\n-- luna:no-transaction\n'))).toBe(false);
  expect(runsWithoutTransaction(migration("select '-- luna:no-transaction'"))).toBe(false);
});

test('the embedded migrations are those of migrations/, numbered without a gap', () => {
  const script = fileURLToPath(new URL('../scripts/embed-migrations.ts', import.meta.url));
  expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  expect(schemaVersion).toBe(migrations.length);
});
