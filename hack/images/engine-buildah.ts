import { mkdir } from 'node:fs/promises';
import { patient } from '../lib/run.ts';
import { parseImageConfig, type Engine } from './engine.ts';
import type { ImagePaths } from './paths.ts';

type ListedImage = { names?: string[] | null };
type Inspected = { OCIv1?: { config?: unknown } };

/**
 * Builds with buildah in a store of its own inside the cache, so that whatever is in it is ours to sweep. `chroot` isolation needs
 * neither a daemon nor cgroups; it shares the host's network.
 */
export function buildahEngine(paths: ImagePaths): Engine {
  const global = ['--root', paths.store, '--runroot', paths.runRoot, '--storage-driver', 'overlay'];
  const buildah = (...args: string[]): Promise<string> => patient.run('buildah', [...global, ...args]);

  return {
    kind: 'buildah',
    has: (ref) => patient.succeeds('buildah', [...global, 'inspect', '--type', 'image', ref]),
    async build(ref, context, buildArgs) {
      const args = Object.entries(buildArgs).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
      await buildah(
        'bud',
        '--isolation',
        'chroot',
        '--layers=false',
        '--pull-never',
        '--format',
        'docker',
        ...args,
        '-t',
        ref,
        '-f',
        `${context}/Dockerfile`,
        context,
      );
    },
    async save(ref, archive) {
      await buildah('push', '--disable-compression', ref, `docker-archive:${archive}:${ref}`);
    },
    async load(ref, archive) {
      await buildah('pull', '--policy', 'never', `docker-archive:${archive}`).catch(() =>
        buildah('pull', `docker-archive:${archive}`),
      );
      if (!(await patient.succeeds('buildah', [...global, 'inspect', '--type', 'image', ref])))
        throw new Error(`${archive} does not hold ${ref}`);
    },
    async unpack(ref, folder) {
      await mkdir(folder, { recursive: true });
      const container = (await buildah('from', '--pull-never', ref)).trim();
      try {
        const mounted = (await buildah('mount', container)).trim();
        await patient.run('cp', ['-a', '--reflink=auto', `${mounted}/.`, folder]);
        const inspected = JSON.parse(await buildah('inspect', '--type', 'image', ref)) as Inspected;
        return parseImageConfig(inspected.OCIv1?.config);
      } finally {
        await buildah('rm', container);
      }
    },
    async list() {
      const images = JSON.parse((await buildah('images', '--json')).trim() || '[]') as ListedImage[];
      return images.flatMap((image) => image.names ?? []);
    },
    async remove(ref) {
      await buildah('rmi', '--force', ref);
    },
    async sweep() {
      await mkdir(paths.store, { recursive: true });
      await patient.succeeds('buildah', [...global, 'umount', '--all']);
      await buildah('rm', '--all');
      // Images without a name are layers of builds that did not finish.
      await patient.succeeds('buildah', [...global, 'rmi', '--prune']);
    },
  };
}
