import { join } from 'node:path';
import { chmod, mkdir } from 'node:fs/promises';
import { ensureImages, type ImageName } from '../images/index.ts';
import { ToolError } from '../lib/errors.ts';
import { patient } from '../lib/run.ts';
import type { Runner, StartRequest } from './runner.ts';

/** Runs services as containers of the Docker engine that answers, on the host's network so that ports are the same as without. */
export async function dockerRunner(images: readonly ImageName[]): Promise<Runner> {
  const built = await ensureImages(images);
  const ref = (name: ImageName): string => {
    const found = built.get(name);
    if (found === undefined) throw new ToolError('LUNA_NO_IMAGE', `image ${name} is not among those that were built`);
    return found.ref;
  };
  return {
    async start(request) {
      const { spec } = request;
      const id = await patient.run('docker', [
        'run',
        '--detach',
        ...(await common(request, spec.env)),
        ref(spec.image),
        ...spec.args,
      ]);
      return { kind: 'container', id: id.trim() };
    },
    async fill(once, request) {
      await patient.run('docker', ['run', '--rm', ...(await common(request, once.env)), ref(once.image)]);
    },
    alive: (running) =>
      running.kind === 'container'
        ? patient.run('docker', ['inspect', '--format', '{{.State.Running}}', running.id]).then(
            (out) => out.trim() === 'true',
            () => false,
          )
        : Promise.resolve(false),
    async signal(running, signal) {
      if (running.kind !== 'container') return;
      if (signal === 'SIGKILL') await patient.succeeds('docker', ['rm', '--force', running.id]);
      else await patient.succeeds('docker', ['kill', '--signal', signal, running.id]);
    },
  };
}

async function common({ spec, folder }: StartRequest, env: Readonly<Record<string, string>>): Promise<string[]> {
  const args = ['--network', 'host', '--read-only', '--user', spec.user];
  for (const path of spec.volumes) {
    const host = join(folder, 'volumes', path.replaceAll('/', '_'));
    await mkdir(host, { recursive: true });
    await chmod(host, 0o777); // the container's user is not ours
    args.push('--volume', `${host}:${path}`);
  }
  args.push(...spec.scratch.flatMap((path) => ['--tmpfs', `${path}:mode=1777`]));
  args.push(...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]));
  return args;
}
