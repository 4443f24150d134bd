import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../../lib/errors.ts';
import { repository } from '../paths.ts';
import type { Artifact } from '../types.ts';

/** `node`: the binary that runs us, which `hack/bootstrap.sh` took from the npm package and which is the pinned version. */
export const nodeArtifact: Artifact = {
  key: ['node', process.version, process.arch],
  usualSeconds: 1,
  async make(folder) {
    const pinned = (await readFile(join(repository, '.node-version'), 'utf8')).trim();
    if (process.version !== `v${pinned}`) {
      throw new ToolError(
        'LUNA_NODE_VERSION',
        `the images hold Node ${pinned}, but ${process.version} runs here: export PATH="$(hack/bootstrap.sh):$PATH"`,
      );
    }
    await copyFile(process.execPath, join(folder, 'node'));
  },
};
