import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a generated file; with --check on the command line it only compares, and fails with `sentence` where the file is another one. */
export function writeOrCheck(path: string, text: string, sentence: string): void {
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${sentence}\n`);
    process.exitCode = 1;
  }
}
