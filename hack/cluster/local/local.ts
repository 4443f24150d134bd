import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ToolError } from '../../lib/errors.ts';
import { withLock } from '../../lib/lock.ts';
import { run } from '../../lib/run.ts';
import { say } from '../../lib/say.ts';
import { waitFor } from '../../lib/wait.ts';
import { binariesDir, ensureBinaries } from '../binaries.ts';
import type { Cluster, ClusterStatus, UpResult } from '../cluster.ts';
import { kubeconfigOf, mergeIntoPersonal, removeFromPersonal } from '../kubeconfig.ts';
import { ensureCertificates } from './certificates.ts';
import {
  auditPolicy,
  cniConfig,
  containerdConfig,
  kubeconfigFor,
  kubeletConfig,
  proxyConfig,
  resolvConf,
} from './configs.ts';
import { containerdAnswers, forgetContainers, importImages } from './containers.ts';
import { ensureControlGroups, killAndRemoveControlGroups } from './control-groups.ts';
import {
  apiIsReady,
  kubectlArgs,
  namesResolve,
  networkProblem,
  nodeIsReady,
  problems,
  volumesAreReady,
} from './health.ts';
import { ensureNetwork, rememberMachine, removeRuntimeTraces, restoreMachine } from './machine.ts';
import { ensurePackages } from './packages.ts';
import { partDirectories, parts, type Part } from './parts.ts';
import { assertRunning, start, stop } from './processes.ts';
import { network, paths } from './settings.ts';
import { ensureSystemImages, type SystemImages } from './system-images.ts';
import { systemObjects } from './system-objects.ts';

const programNames = ['etcd', 'kubernetes', 'coredns', 'local-path-provisioner', 'pause', 'helm'];
const lockFile = '/run/lock/luna-cluster.lock';
const finished = join(paths.state, '.finished');

// containerd, etcd and the API server: the others end at once when they find no API server.
const firstParts = 3;

const base64 = (file: string): string => readFileSync(join(paths.pki, file)).toString('base64');

const writeConfigs = (images: SystemImages): void => {
  for (const directory of partDirectories) mkdirSync(directory, { recursive: true });
  const files: Readonly<Record<string, string>> = {
    'kubelet.json': kubeletConfig(),
    'proxy.json': proxyConfig(),
    'containerd.toml': containerdConfig(images.pause.ref),
    'cni/10-luna.conflist': cniConfig(),
    'audit-policy.json': auditPolicy(),
    'resolv.conf': resolvConf(readFileSync('/etc/resolv.conf', 'utf8')),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(paths.config, name), content);
  for (const user of ['controller-manager', 'scheduler', 'kubelet', 'proxy']) {
    writeFileSync(join(paths.kubeconfigs, `${user}.yaml`), kubeconfigFor(user), { mode: 0o600 });
  }
  const admin = kubeconfigOf({
    server: `https://${network.bridgeAddress}:${network.apiPort}`,
    authority: base64('ca.crt'),
    certificate: base64('admin.crt'),
    key: base64('admin.key'),
  });
  writeFileSync(paths.adminKubeconfig, admin, { mode: 0o600 });
};

/** Waits for something, and gives up at once with its last words when a process has ended that is needed for it. */
const waitWith = (needed: readonly Part[], what: string, ask: () => Promise<boolean>): Promise<void> =>
  waitFor(
    what,
    async () => {
      needed.forEach(assertRunning);
      return ask();
    },
    180_000,
  );

const applySystemObjects = async (bin: string, images: SystemImages): Promise<void> => {
  const forwarding = readFileSync(join(paths.config, 'resolv.conf'), 'utf8') !== '';
  const list = { apiVersion: 'v1', kind: 'List', items: systemObjects(images, forwarding) };
  const args = ['apply', '--server-side', '--force-conflicts', '--field-manager=luna-cluster', '-f', '-'];
  await run(...kubectlArgs(bin, ...args), { input: JSON.stringify(list) });
};

const bringUp = async (bin: string): Promise<void> => {
  await rememberMachine();
  await ensureCertificates();
  const images = await ensureSystemImages(bin);
  writeConfigs(images);
  await ensureNetwork();
  const groups = ensureControlGroups();
  const all = parts(bin);
  const first = all.slice(0, firstParts);
  for (const part of first) await start(part, groups);
  await waitWith(first, 'an answer of containerd', containerdAnswers);
  if (!existsSync(finished)) await forgetContainers();
  await importImages(Object.values(images));
  await waitWith(first, 'a ready API server', () => apiIsReady(bin));
  say('the API server is ready');
  for (const part of all) await start(part, groups);
  await applySystemObjects(bin, images);
  await waitWith(all, 'a ready node', () => nodeIsReady(bin));
  say('the node is ready');
  await waitWith(all, 'resolving names of the cluster', namesResolve);
  await waitWith(all, 'the volume provisioner', () => volumesAreReady(bin));
  writeFileSync(finished, '');
};

const stopEverything = async (): Promise<void> => {
  // etcd writes its last entries when asked politely; everything else may be killed at any time.
  await stop('etcd', 5_000);
  await killAndRemoveControlGroups();
  await removeRuntimeTraces();
};

const bringUpOrRebuild = async (bin: string): Promise<void> => {
  try {
    await bringUp(bin);
  } catch (error) {
    if (!existsSync(finished)) throw error;
    say(`${error instanceof Error ? error.message : String(error)}\nstarting everything anew; data is kept`);
    await stopEverything();
    await bringUp(bin).catch((cause: unknown) => {
      const advice = '"make down" and "make up" make a new, empty one';
      throw new ToolError(
        'LUNA_CLUSTER_BROKEN',
        `the cluster does not start with the data that it has; ${advice}`,
        cause,
      );
    });
  }
};

const up = async (): Promise<UpResult> => {
  await ensurePackages();
  const bin = await ensureBinaries(programNames);
  const kubectl = join(bin, 'kubectl');
  return withLock(lockFile, async () => {
    const existed = existsSync(finished);
    const wrong = existed ? await problems(bin, parts(bin)) : ['there is no cluster'];
    if (wrong.length > 0) {
      say(existed ? `repairing the cluster: ${wrong.join('; ')}` : 'creating the cluster');
      if (!existed || wrong.includes(networkProblem)) await stopEverything();
      await bringUpOrRebuild(bin);
    }
    await mergeIntoPersonal(kubectl, paths.adminKubeconfig, paths.state);
    if (wrong.length === 0) return 'unchanged';
    return existed ? 'repaired' : 'created';
  });
};

const down = (): Promise<void> =>
  withLock(lockFile, async () => {
    const kubectl = join(await binariesDir(), 'kubectl');
    if (existsSync(kubectl)) await removeFromPersonal(kubectl, paths.state);
    if (await containerdAnswers()) {
      await stop('kubelet');
      await forgetContainers();
    }
    await stopEverything();
    restoreMachine();
  });

const status = async (): Promise<ClusterStatus> => {
  if (!existsSync(finished)) return { kind: 'local', state: 'absent', problems: [] };
  const bin = await binariesDir();
  const found = await problems(bin, parts(bin));
  return { kind: 'local', state: found.length === 0 ? 'running' : 'broken', problems: found };
};

/** A real cluster of one node out of processes on this machine: for root on Debian without a Docker engine. */
export const localCluster = (): Cluster => ({
  kind: 'local',
  kubeconfig: paths.adminKubeconfig,
  up,
  down,
  status,
  loadImages: (archives) => withLock(lockFile, () => importImages(archives)),
});
