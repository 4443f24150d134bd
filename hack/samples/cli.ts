import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseBlocks } from './blocks.ts';
import { manifest } from './manifest.ts';
import { renderSample } from './render.ts';

/** Writes every generated sample document: `node hack/samples/cli.ts`. */
const root = join(import.meta.dirname, '..', '..');
for (const entry of manifest) {
  const output = join(root, entry.output);
  if (entry.format === 'encrypted' && existsSync(output)) {
    console.log(`kept     ${entry.output} (its key is random; delete it to make a new one)`);
    continue;
  }
  const markdown = await readFile(join(import.meta.dirname, 'sources', entry.source), 'utf8');
  const bytes = await renderSample(entry, parseBlocks(markdown));
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, bytes);
  console.log(`written  ${entry.output} (${Math.ceil(bytes.length / 1024)} KiB)`);
}
