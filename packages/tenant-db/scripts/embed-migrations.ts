/**
 * Writes `src/generated/migrations.ts` from `migrations/*.sql`, so that the schema travels inside the bundle.
 * Usage: node packages/tenant-db/scripts/embed-migrations.ts [--check]   (--check: fail when the file is out of date)
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeOrCheck } from '../../../hack/generate/generated-file.ts';

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, '../../../migrations');
const target = join(here, '../src/generated/migrations.ts');

function render(): string {
  const entries = readdirSync(source)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name, index) => {
      const match = /^(\d{3})_([a-z0-9_]+)\.sql$/.exec(name);
      if (match === null || Number(match[1]) !== index + 1) {
        throw new Error(`migrations/${name}: names are NNN_words.sql, numbered 001, 002, … without a gap`);
      }
      const text = readFileSync(join(source, name), 'utf8').replaceAll('\r\n', '\n');
      return `  {\n    version: ${index + 1},\n    name: ${JSON.stringify(match[2])},\n    sql: ${JSON.stringify(text)},\n  },\n`;
    });
  return [
    '// Generated from migrations/*.sql by packages/tenant-db/scripts/embed-migrations.ts. Do not edit.',
    "import type { Migration } from '../migration.ts';",
    '',
    'export const migrations: readonly Migration[] = [',
    `${entries.join('')}];`,
    '',
  ].join('\n');
}

writeOrCheck(
  target,
  render(),
  'migrations/ and packages/tenant-db/src/generated/migrations.ts differ: run embed-migrations.ts',
);
