import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  builtinKinds,
  createClient,
  createTransport,
  loadConnectionConfig,
  type Client,
} from '@luna-iems/kube-runtime';
import { expect, it } from 'vitest';
import { startApiServer } from './index.ts';

const { Namespace } = builtinKinds;
const clientFor = async (kubeconfig: string): Promise<Client> =>
  createClient({ transport: createTransport({ config: await loadConnectionConfig({ kubeconfig }) }) });

it('keeps its objects over a restart, knows who may not, and leaves nothing behind', async () => {
  const server = await startApiServer();
  const [admin, limited] = await Promise.all([clientFor(server.adminKubeconfig), clientFor(server.limitedKubeconfig)]);
  await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' } });
  await expect(limited.list(Namespace)).rejects.toMatchObject({ code: 'KUBE_FORBIDDEN' });
  await server.down();
  await expect(admin.list(Namespace)).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  await server.up();
  expect(await admin.get(Namespace, { name: 'kept' })).toBeDefined();
  await server.stop();
  expect(existsSync(dirname(server.adminKubeconfig))).toBe(false);
});

it('ends what a killed run left running, and nothing else', async () => {
  const dead = 2 ** 22 - 1;
  const left = mkdtempSync(join(tmpdir(), 'luna-apiserver-'));
  const sleeper = (...args: string[]): ReturnType<typeof spawn> =>
    spawn(process.execPath, ['-e', 'setTimeout(() => 0, 600_000)', '--', ...args], { stdio: 'ignore' });
  const [ours, stranger] = [sleeper(`--data-dir=${left}/etcd`), sleeper()];
  const ended = new Promise((resolve) => ours.once('exit', (_, signal) => resolve(signal)));
  writeFileSync(join(left, 'owner.pid'), String(dead));
  writeFileSync(join(left, 'etcd.pid'), String(ours.pid));
  // Its number was given to somebody else since.
  writeFileSync(join(left, 'kube-apiserver.pid'), String(stranger.pid));
  try {
    const server = await startApiServer();
    expect(await ended).toBe('SIGKILL');
    expect(existsSync(left)).toBe(false);
    expect(stranger.signalCode).toBeNull();
    await server.stop();
  } finally {
    ours.kill('SIGKILL');
    stranger.kill('SIGKILL');
    rmSync(left, { recursive: true, force: true });
  }
});
