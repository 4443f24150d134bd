import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { EXPECTED } from './testing/fingerprint.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

// In this tier because it may have to fetch that Node first.
test('the oldest Node that the simulator runs on makes the same rows', async () => {
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
  const [, oldest = ''] = /^>=(\d+\.\d+)$/.exec(engines.node) ?? [];
  const { stdout } = await run(join(root, 'hack/bootstrap.sh'), [`${oldest}.0`]);
  const node = join(stdout.trim(), 'node');
  const script = 'console.log(process.version)';
  expect((await run(node, ['-e', script])).stdout.trim()).toBe(`v${oldest}.0`);
  expect((await run(node, [join(import.meta.dirname, 'testing/fingerprint.ts')])).stdout.trim()).toBe(EXPECTED);
});
