import { join } from 'node:path';
import { withLock } from '../lib/lock.ts';
import { createArtifactCache } from './artifact-cache.ts';
import { embeddingGemmaArtifact } from './artifacts/embedding-gemma.ts';
import { qwenCoderArtifact } from './artifacts/qwen-coder.ts';
import { imagePaths } from './paths.ts';
import { consoleProgress } from './progress.ts';

const artifacts = { 'embedding-gemma': embeddingGemmaArtifact, 'qwen-coder': qwenCoderArtifact };

/** Models that are in no image, because they are large and slow, and that evaluations can have. */
export type EvaluationModel = keyof typeof artifacts;

const lockLimitMs = 3_600_000;

/** The path of the model in GGUF, for whoever has a model server of their own; fetched and made if it is missing. */
export function ensureEvaluationModel(name: EvaluationModel): Promise<string> {
  const { lock, artifacts: root } = imagePaths();
  const made = async (): Promise<string> =>
    join(await createArtifactCache(root, consoleProgress).folder(name, artifacts[name]), 'model.gguf');
  return withLock(lock, made, lockLimitMs);
}
