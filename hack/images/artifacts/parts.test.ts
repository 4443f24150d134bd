import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { joinParts } from './parts.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'luna-parts-'));
});
afterEach(() => rm(folder, { recursive: true }));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function partsOf(...contents: readonly string[]): Promise<string[]> {
  const paths = contents.map((_, at) => join(folder, `part-${at}`));
  await Promise.all(contents.map((content, at) => writeFile(paths[at] ?? '', content)));
  return paths;
}

test('parts become one file in the order given', async () => {
  const target = join(folder, 'whole');
  await joinParts(await partsOf('Strom', 'netz', ''), target, sha256('Stromnetz'));
  expect(await readFile(target, 'utf8')).toBe('Stromnetz');
});

test('parts that make something else are named with what was expected of them', async () => {
  const joined = joinParts(await partsOf('netz', 'Strom'), join(folder, 'whole'), sha256('Stromnetz'));
  await expect(joined).rejects.toThrow(sha256('Stromnetz'));
});

test('a part that is missing is an error', async () => {
  const [part] = await partsOf('Strom');
  const joined = joinParts([part ?? '', join(folder, 'nowhere')], join(folder, 'whole'), sha256('Strom'));
  await expect(joined).rejects.toThrow('nowhere');
});
