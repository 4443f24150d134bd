import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { explain, ToolError } from '../lib/errors.ts';
import { defaultNames, ensureImages, withImageBuilder } from './ensure-images.ts';
import { imagePaths } from './paths.ts';
import { standInNames, workloadNames } from './catalog.ts';
import type { ImageName } from './types.ts';

const usage = `usage: node hack/images/cli.ts build [NAME…]   build what is missing (all but debian and models-large when no name is given)
       node hack/images/cli.ts list            finished images and their sizes
       node hack/images/cli.ts clean [--all]   remove all but the newest archive of each image; --all: everything
names: ${[...standInNames, ...workloadNames].join(' ')}`;

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === 'build') return build(rest);
  if (command === 'list') return list();
  if (command === 'clean') return clean(rest.includes('--all'));
  console.error(usage);
  return 2;
}

async function build(names: readonly string[]): Promise<number> {
  const known: readonly string[] = [...standInNames, ...workloadNames];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`no image is called ${unknown.join(', ')}\n${usage}`);
    return 2;
  }
  const images = await ensureImages(names.length === 0 ? defaultNames : (names as ImageName[]));
  for (const { ref, archive } of images.values()) console.log(`${ref}\t${archive}`);
  return 0;
}

async function list(): Promise<number> {
  for (const { file, bytes, changed } of await archives()) {
    console.log(
      `${basename(file, '.tar').padEnd(34)} ${(bytes / 1e6).toFixed(1).padStart(7)} MB  ${changed.toISOString()}`,
    );
  }
  return 0;
}

async function clean(all: boolean): Promise<number> {
  const paths = imagePaths();
  return withImageBuilder(async ({ engine }) => {
    const newest = new Set<string>();
    const found = await archives();
    for (const { file } of found.sort((a, b) => b.changed.getTime() - a.changed.getTime())) {
      const name = basename(file).replace(/-[0-9a-f]{16}\.tar$/, '');
      if (newest.has(name) || all) await rm(file);
      newest.add(name);
    }
    const kept = new Set(
      (await archives()).map(({ file }) => basename(file, '.tar').replace(/-([0-9a-f]{16})$/, ':$1')),
    );
    for (const ref of await engine.list())
      if (!kept.has(ref.replace(/^localhost\/luna\//, ''))) await engine.remove(ref);
    if (all)
      for (const folder of [paths.artifacts, paths.rootfs, join(paths.root, 'work')])
        await rm(folder, { recursive: true, force: true });
    return 0;
  });
}

async function archives(): Promise<{ file: string; bytes: number; changed: Date }[]> {
  const folder = imagePaths().archives;
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^[a-z].*\.tar$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const { size, mtime } = await stat(file);
      return { file, bytes: size, changed: mtime };
    }),
  );
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(explain(error));
  process.exitCode = 1;
}
