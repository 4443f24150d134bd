import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { cacheDir } from '../../lib/cache.ts';
import { attempt, run } from '../../lib/run.ts';
import { say } from '../../lib/say.ts';
import { ensureBinaries } from '../binaries.ts';
import type { Cluster, ClusterStatus, UpResult } from '../cluster.ts';
import { contextName, mergeIntoPersonal, removeFromPersonal } from '../kubeconfig.ts';

const clusterName = 'luna';
const stateDir = (): string => join(cacheDir(), 'kind');
const kubeconfig = (): string => join(stateDir(), 'kubeconfig.yaml');

/** A program of the PATH, or else the one that we compile. */
const tool = async (name: 'kind' | 'kubectl'): Promise<string> =>
  (await attempt(name, name === 'kind' ? ['version'] : ['version', '--client'])).code === 0
    ? name
    : join(await ensureBinaries([name]), name);

const exists = async (kind: string): Promise<boolean> =>
  (await run(kind, ['get', 'clusters'])).split('\n').includes(clusterName);

const writeKubeconfig = async (kind: string, kubectl: string): Promise<void> => {
  mkdirSync(stateDir(), { recursive: true });
  rmSync(kubeconfig(), { force: true });
  await run(kind, ['export', 'kubeconfig', '--name', clusterName, '--kubeconfig', kubeconfig()]);
  await run(kubectl, ['config', `--kubeconfig=${kubeconfig()}`, 'rename-context', `kind-${clusterName}`, contextName]);
};

const answers = async (kubectl: string): Promise<boolean> => {
  if (!existsSync(kubeconfig())) return false;
  const asked = await attempt(kubectl, [
    `--kubeconfig=${kubeconfig()}`,
    '--request-timeout=10s',
    'get',
    '--raw',
    '/readyz',
  ]);
  return asked.stdout.trim() === 'ok';
};

const nodes = async (kind: string): Promise<readonly string[]> =>
  (await run(kind, ['get', 'nodes', '--name', clusterName])).split('\n').filter(Boolean);

const up = async (): Promise<UpResult> => {
  const [kind, kubectl] = [await tool('kind'), await tool('kubectl')];
  const existed = await exists(kind);
  const healthy = existed && (await answers(kubectl));
  if (!existed) {
    say('creating a kind cluster (usually 1 to 3 minutes)');
    // The default node image belongs to this version of kind; its default network plugin enforces NetworkPolicies.
    const args = ['create', 'cluster', '--name', clusterName, '--kubeconfig', kubeconfig(), '--wait', '300s'];
    mkdirSync(stateDir(), { recursive: true });
    await run(kind, args, { timeoutMs: 900_000 });
  } else if (!healthy) {
    // After a reboot the node's container is stopped, and all it needs is to be started.
    for (const node of await nodes(kind)) await run('docker', ['start', node]);
  }
  if (!healthy) await writeKubeconfig(kind, kubectl);
  const wait = ['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=300s'];
  if (!healthy) await run(kubectl, [`--kubeconfig=${kubeconfig()}`, ...wait], { timeoutMs: 320_000 });
  await mergeIntoPersonal(kubectl, kubeconfig(), stateDir());
  if (healthy) return 'unchanged';
  return existed ? 'repaired' : 'created';
};

const down = async (): Promise<void> => {
  const [kind, kubectl] = [await tool('kind'), await tool('kubectl')];
  await removeFromPersonal(kubectl, stateDir());
  await run(kind, ['delete', 'cluster', '--name', clusterName, '--kubeconfig', kubeconfig()], { timeoutMs: 300_000 });
  rmSync(stateDir(), { recursive: true, force: true });
};

const status = async (): Promise<ClusterStatus> => {
  if (!(await exists(await tool('kind')))) return { kind: 'kind', state: 'absent', problems: [] };
  const running = await answers(await tool('kubectl'));
  return {
    kind: 'kind',
    state: running ? 'running' : 'broken',
    problems: running ? [] : ['the API server does not answer'],
  };
};

const loadImages: Cluster['loadImages'] = async (archives) => {
  const kind = await tool('kind');
  for (const node of await nodes(kind)) {
    const listed = await attempt('docker', ['exec', node, 'ctr', '--namespace', 'k8s.io', 'images', 'list', '--quiet']);
    const present = new Set(listed.stdout.split('\n'));
    for (const { ref, path } of archives.filter((archive) => !present.has(archive.ref))) {
      say(`loading ${ref}`);
      await run(kind, ['load', 'image-archive', path, '--name', clusterName, '--nodes', node], { timeoutMs: 900_000 });
    }
  }
};

/** A kind cluster: for machines on which a Docker engine answers. */
export const kindCluster = (): Cluster => ({ kind: 'kind', kubeconfig: kubeconfig(), up, down, status, loadImages });

/** Whether a Docker engine answers; the command alone is not enough. */
export const dockerAnswers = async (): Promise<boolean> =>
  (await attempt('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000 })).code === 0;
