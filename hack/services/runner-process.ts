import { spawn } from 'node:child_process';
import { chown, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureRootfs, type ImageName, type Rootfs } from '../images/index.ts';
import { ToolError } from '../lib/errors.ts';
import { patient } from '../lib/run.ts';
import { bornAt, onlyChild } from './processes.ts';
import { resolveInRoot } from './rooted.ts';
import type { Runner, StartRequest } from './runner.ts';

const pen = join(import.meta.dirname, 'pen.sh');

/** Runs services as processes in their images' files, without a container engine. Needs root. */
export async function processRunner(images: readonly ImageName[]): Promise<Runner> {
  if (process.getuid?.() !== 0) {
    throw new ToolError(
      'LUNA_NOT_ROOT',
      'without Docker the services run in file systems of their own, which only root can mount: run as root, or start Docker',
    );
  }
  const files = await ensureRootfs(images);
  const rootfs = (name: ImageName): Rootfs => {
    const found = files.get(name);
    if (found === undefined)
      throw new ToolError('LUNA_NO_IMAGE', `image ${name} is not among those that were laid out`);
    return found;
  };

  return {
    async start(request) {
      const { spec, folder, bound } = request;
      const image = rootfs(spec.image);
      const command = [...image.config.entrypoint, ...(spec.args.length > 0 ? spec.args : image.config.cmd)];
      const args = await penArgs(image, request, command);
      const log = await open(join(folder, 'log'), 'a');
      const unshare = ['unshare', '--mount', '--pid', '--fork', '--kill-child=SIGKILL', ...args];
      const [head = '', ...tail] = bound ? ['setpriv', '--pdeathsig', 'KILL', ...unshare] : unshare;
      const env = penEnv(image, spec.env);
      const child = spawn(head, tail, { detached: true, env, stdio: ['ignore', log.fd, log.fd] });
      child.on('error', () => undefined); // seen below: no pid
      child.unref();
      await log.close();
      const born = child.pid === undefined ? undefined : await bornAt(child.pid);
      if (child.pid === undefined || born === undefined)
        throw new ToolError('LUNA_SERVICE_START', `${spec.name} did not start; see ${folder}/log`);
      return { kind: 'process', pid: child.pid, born };
    },
    async fill(once, request) {
      const image = rootfs(once.image);
      const args = await penArgs(image, request, image.config.entrypoint);
      await patient.run('unshare', ['--mount', '--pid', '--fork', '--kill-child=SIGKILL', ...args], {
        env: penEnv(image, once.env),
      });
    },
    async alive(running) {
      return running.kind === 'process' && (await bornAt(running.pid)) === running.born;
    },
    async signal(running, signal) {
      if (running.kind !== 'process' || (await bornAt(running.pid)) !== running.born) return;
      // Not `unshare` itself: it ignores TERM and INT, and its end would not prove the end of what it started. Its child is process 1 of
      // the namespace, which is gone only when all others in it are; `unshare` waits for that and ends last.
      const target = (await onlyChild(running.pid)) ?? (signal === 'SIGKILL' ? running.pid : undefined);
      if (target !== undefined) sendSignal(target, signal);
    },
  };
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself meanwhile
  }
}

/** The service's environment, with our own PATH for the pen and the image's for the service. */
function penEnv(image: Rootfs, env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return {
    ...image.config.env,
    ...env,
    PATH: process.env['PATH'],
    PEN_PATH: image.config.env['PATH'] ?? '/usr/bin:/bin',
  };
}

async function penArgs(image: Rootfs, { spec, folder }: StartRequest, command: readonly string[]): Promise<string[]> {
  const [uid = '0', gid = uid] = spec.user.split(':');
  const root = join(folder, 'root');
  await mkdir(root, { recursive: true });
  const volumes: string[] = [];
  for (const path of spec.volumes) {
    const host = join(folder, 'volumes', path.replaceAll('/', '_'));
    await mkdir(host, { recursive: true });
    await chown(host, Number(uid), Number(gid));
    volumes.push('-v', host, await mountPoint(image, path));
  }
  const scratch: string[] = [];
  for (const path of spec.scratch) scratch.push('-t', path.startsWith('/dev/') ? path : await mountPoint(image, path));
  return [pen, image.folder, root, uid, gid, ...volumes, ...scratch, '--', ...command];
}

/** Where a path of the image is in its files; made if an image that serves other paths lacks it, as a container engine would. */
async function mountPoint(image: Rootfs, path: string): Promise<string> {
  const inside = await resolveInRoot(image.folder, path);
  await mkdir(join(image.folder, inside), { recursive: true });
  return inside;
}
