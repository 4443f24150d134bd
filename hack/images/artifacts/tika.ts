import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { patient } from '../../lib/run.ts';
import { imageVersions } from '../../versions.ts';
import { ensureHostTools } from '../host-tools.ts';
import type { Artifact } from '../types.ts';

/** `tika-server.jar`: the server with every parser, from Maven Central as this machine's Maven reaches it. */
export const tikaArtifact: Artifact = {
  key: ['tika', imageVersions.tika],
  usualSeconds: 12,
  async make(folder) {
    await ensureHostTools(['maven']);
    const coordinates = `org.apache.tika:tika-server-standard:${imageVersions.tika}`;
    await patient.run(
      'mvn',
      ['--batch-mode', '--quiet', 'dependency:get', `-Dartifact=${coordinates}`, '-Dtransitive=false'],
      {
        cwd: folder,
      },
    );
    await patient.run(
      'mvn',
      [
        '--batch-mode',
        '--quiet',
        '--offline',
        'dependency:copy',
        `-Dartifact=${coordinates}`,
        `-DoutputDirectory=${folder}`,
      ],
      { cwd: folder },
    );
    await rename(join(folder, `tika-server-standard-${imageVersions.tika}.jar`), join(folder, 'tika-server.jar'));
  },
};
