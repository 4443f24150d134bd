import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from './progress.ts';
import type { Artifact } from './types.ts';

export type ArtifactCache = {
  /** The artifact's folder, made if it is missing. Read only. */
  readonly folder: (name: string, artifact: Artifact) => Promise<string>;
  /** Removes what killed runs left half made. */
  readonly sweep: () => Promise<void>;
};

/** Keeps artifacts in `root`: each is made aside and renamed when it is whole, so a kill leaves nothing that looks done. */
export function createArtifactCache(root: string, progress: Progress): ArtifactCache {
  return {
    async folder(name, artifact) {
      const done = join(root, `${name}-${artifactTag(artifact)}`);
      if (await exists(done)) return done;
      await mkdir(root, { recursive: true });
      const fresh = await mkdtemp(join(root, '.new-'));
      try {
        await progress(`${name}: parts`, artifact.usualSeconds, () => artifact.make(fresh));
        await rename(fresh, done);
      } catch (error) {
        await rm(fresh, { recursive: true, force: true });
        throw error;
      }
      return done;
    },
    async sweep() {
      const names = await readdir(root).catch(() => []);
      await Promise.all(
        names
          .filter((name) => name.startsWith('.new-'))
          .map((name) => rm(join(root, name), { recursive: true, force: true })),
      );
    },
  };
}

/** Short tag of an artifact's key. */
export function artifactTag(artifact: Pick<Artifact, 'key'>): string {
  return createHash('sha256').update(JSON.stringify(artifact.key)).digest('hex').slice(0, 12);
}

/** Whether something is at `path`. */
export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
