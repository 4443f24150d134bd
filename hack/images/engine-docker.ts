import { mkdir } from 'node:fs/promises';
import { patient } from '../lib/run.ts';
import { parseImageConfig, type Engine } from './engine.ts';

/** Builds with the Docker engine that answers on this machine. */
export function dockerEngine(): Engine {
  const docker = (...args: string[]): Promise<string> => patient.run('docker', args);
  return {
    kind: 'docker',
    has: (ref) => patient.succeeds('docker', ['image', 'inspect', ref]),
    async build(ref, context, buildArgs) {
      const args = Object.entries(buildArgs).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
      await docker('build', ...args, '-t', ref, context);
    },
    async save(ref, archive) {
      await docker('save', '-o', archive, ref);
    },
    async load(_ref, archive) {
      await docker('load', '-i', archive);
    },
    async unpack(ref, folder) {
      await mkdir(folder, { recursive: true });
      const container = (await docker('create', ref)).trim();
      try {
        await patient.run('sh', ['-c', 'docker export "$1" | tar -x -C "$2"', 'sh', container, folder]);
        const inspected = JSON.parse(await docker('image', 'inspect', ref)) as { Config?: unknown }[];
        return parseImageConfig(inspected[0]?.Config);
      } finally {
        await docker('rm', '-f', container);
      }
    },
    async list() {
      const refs = await docker('images', '--format', '{{.Repository}}:{{.Tag}}', 'localhost/luna/*');
      return refs.split('\n').filter((ref) => ref !== '');
    },
    async remove(ref) {
      await docker('rmi', '--force', ref);
    },
    sweep: () => Promise.resolve(),
  };
}

/** Whether a Docker engine answers. */
export function dockerAnswers(): Promise<boolean> {
  return patient.succeeds('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 10_000 });
}
