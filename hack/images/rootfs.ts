import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exists } from './artifact-cache.ts';
import type { ImageConfig } from './engine.ts';
import { withImageBuilder } from './ensure-images.ts';
import { consoleProgress } from './progress.ts';
import type { BuiltImage, ImageName } from './types.ts';

/** An image laid out as files, to be run without a container engine. Read only: others run on the same files. */
export type Rootfs = { readonly name: ImageName; readonly folder: string; readonly config: ImageConfig };

/** Builds the images that are missing and lays out the files of those that are not laid out yet. */
export function ensureRootfs(names: readonly ImageName[]): Promise<ReadonlyMap<ImageName, Rootfs>> {
  return withImageBuilder(async ({ engine, paths, ensure }) => {
    const built = await ensure(names);
    await mkdir(paths.rootfs, { recursive: true });
    const all = new Map<ImageName, Rootfs>();
    for (const name of names) {
      const image = built.get(name);
      if (image === undefined) continue;
      const home = join(paths.rootfs, basename(image.archive, '.tar'));
      if (!(await exists(home))) {
        await consoleProgress(`${name}: laying out files`, 3, async () => {
          await dropOld(paths.rootfs, image);
          const fresh = await mkdtemp(join(paths.rootfs, '.new-'));
          if (!(await engine.has(image.ref))) await engine.load(image.ref, image.archive);
          const config = await engine.unpack(image.ref, join(fresh, 'root'));
          await writeFile(join(fresh, 'config.json'), JSON.stringify(config));
          await chmod(fresh, 0o755);
          await rename(fresh, home);
        });
      }
      const config = JSON.parse(await readFile(join(home, 'config.json'), 'utf8')) as ImageConfig;
      all.set(name, { name, folder: join(home, 'root'), config });
    }
    return all;
  });
}

/** Half-made layouts, and those of the image's former versions. */
async function dropOld(root: string, image: BuiltImage): Promise<void> {
  const names = await readdir(root);
  const old = new RegExp(`^${image.name}-[0-9a-f]{16}$`);
  const keep = basename(image.archive, '.tar');
  for (const name of names.filter((entry) => entry.startsWith('.new-') || (old.test(entry) && entry !== keep))) {
    await rm(join(root, name), { recursive: true, force: true });
  }
}
