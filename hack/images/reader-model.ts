import { join } from 'node:path';
import { withLock } from '../lib/lock.ts';
import { createArtifactCache } from './artifact-cache.ts';
import { readerArtifact, readerSha256 } from './artifacts/reader.ts';
import { imagePaths } from './paths.ts';
import { consoleProgress } from './progress.ts';

/** A model in GGUF for whoever has a model server of their own. */
export type ModelFile = { readonly path: string; readonly sha256: string };

const lockLimitMs = 3_600_000;

/** The model that reads in evaluations; fetched if it is missing. It is in no image: more than a gigabyte, and seconds a question. */
export function ensureReaderModel(): Promise<ModelFile> {
  const { lock, artifacts } = imagePaths();
  const fetched = async (): Promise<ModelFile> => {
    const folder = await createArtifactCache(artifacts, consoleProgress).folder('reader', readerArtifact);
    return { path: join(folder, 'model.gguf'), sha256: readerSha256 };
  };
  return withLock(lock, fetched, lockLimitMs);
}
