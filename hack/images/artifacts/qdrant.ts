import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { patient } from '../../lib/run.ts';
import { imageVersions } from '../../versions.ts';
import { ensureHostTools } from '../host-tools.ts';
import type { Artifact } from '../types.ts';

/** `engine/`: the Python package of Qdrant's engine, laid out for the image's Python (the wheel serves every CPython from 3.10 on). */
export const qdrantArtifact: Artifact = {
  key: ['qdrant', imageVersions.qdrantEdge, process.arch],
  usualSeconds: 5,
  async make(folder) {
    await ensureHostTools(['pip']);
    const platform = `manylinux_2_28_${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`;
    const target = join(folder, 'engine');
    const how = [
      '--no-deps',
      '--only-binary',
      ':all:',
      '--python-version',
      '3.13',
      '--platform',
      platform,
      '--no-compile',
      '--quiet',
    ];
    await patient.run('python3', [
      '-m',
      'pip',
      'install',
      ...how,
      '--target',
      target,
      `qdrant-edge-py==${imageVersions.qdrantEdge}`,
    ]);
    await rm(join(target, 'bin'), { recursive: true, force: true });
  },
};
