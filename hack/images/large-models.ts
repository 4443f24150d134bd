import { join } from 'node:path';
import { withLock } from '../lib/lock.ts';
import { createArtifactCache } from './artifact-cache.ts';
import { embeddingGemmaArtifact } from './artifacts/embedding-gemma.ts';
import { qwenCoderArtifact } from './artifacts/qwen-coder.ts';
import { imagePaths } from './paths.ts';
import { consoleProgress } from './progress.ts';

/** `model.gguf` of the models that are too large for the image that every test has. */
export const largeModels = { 'embedding-gemma': embeddingGemmaArtifact, 'qwen-coder': qwenCoderArtifact };

export type LargeModel = keyof typeof largeModels;

const lockLimitMs = 3_600_000;

/** The path of the model in GGUF, for whoever has a model server of their own; fetched and made if it is missing. */
export function ensureLargeModel(name: LargeModel): Promise<string> {
  const { lock, artifacts: root } = imagePaths();
  const made = async (): Promise<string> =>
    join(await createArtifactCache(root, consoleProgress).folder(name, largeModels[name]), 'model.gguf');
  return withLock(lock, made, lockLimitMs);
}
