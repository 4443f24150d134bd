// Writes the generated files; with --check only says which ones are out of date, and fails when there are any.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outputs, repository, stale } from './outputs.ts';

const old = await stale();
if (process.argv.includes('--check')) {
  for (const path of old) console.error(`out of date: ${path} (run: node hack/generate/cli.ts)`);
  process.exitCode = old.length === 0 ? 0 : 1;
} else {
  const files = await outputs();
  for (const path of old) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), files.get(path) ?? '');
    console.log(`written: ${path}`);
  }
}
