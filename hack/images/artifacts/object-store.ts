import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../../lib/errors.ts';
import { patient } from '../../lib/run.ts';
import { imageVersions } from '../../versions.ts';
import { repository } from '../paths.ts';
import type { Artifact } from '../types.ts';

const source = join(repository, 'hack/images/object-store/go');

/** `minio`: the server of hack/images/object-store/go, one static program. */
export const objectStoreArtifact: Artifact = {
  key: ['object-store', imageVersions.versitygw, process.arch, readFileSync(join(source, 'main.go'), 'utf8')],
  usualSeconds: 60,
  async make(folder) {
    if (!(await patient.succeeds('go', ['version'])))
      throw new ToolError(
        'LUNA_NO_GO',
        'the object store is compiled with Go, and no go command is on this machine: install Go 1.26 or newer',
      );
    const flags = ['-mod=readonly', '-trimpath', '-ldflags', '-s -w'];
    await patient.run('go', ['build', ...flags, '-o', join(folder, 'minio'), '.'], {
      cwd: source,
      env: { CGO_ENABLED: '0' },
      timeoutMs: 20 * 60_000,
    });
  },
};
