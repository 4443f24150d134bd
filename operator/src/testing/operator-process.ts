import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '@luna-iems/kube-runtime';
import { claimPort } from '../../../hack/lib/ports.ts';
import { repository } from './cluster.ts';

/** Who an operator is to the API server, and where that server is. */
export interface Identity {
  readonly account: string;
  readonly server: string;
  /** The server's certificate authority, PEM. */
  readonly ca: string | undefined;
  readonly token: string | undefined;
}

/** Writes a kubeconfig into the folder and returns its path. */
export function writeKubeconfig(directory: string, { account, server, ca, token }: Identity): string {
  const path = join(directory, `${account}.kubeconfig`);
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca ?? '').toString('base64') };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: account, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: account } }],
    'current-context': 'test',
  };
  writeFileSync(path, JSON.stringify(kubeconfig), { mode: 0o600 });
  return path;
}

export interface OperatorProcess {
  readonly account: string;
  readonly kubeconfig: string;
  /** Holds the `config.yaml` of the platform. */
  readonly directory: string;
  readonly stdio: StdioOptions;
}

/** Starts the operator as a process of its own. It is killed when this process ends. */
export async function spawnOperator({ account, kubeconfig, directory, stdio }: OperatorProcess): Promise<ChildProcess> {
  const port = await claimPort();
  const child = spawn(process.execPath, [join(repository, 'operator/src/main.ts')], {
    stdio,
    env: {
      ...process.env,
      KUBECONFIG: kubeconfig,
      LUNA_CONFIG: join(directory, 'config.yaml'),
      POD_NAME: account,
      POD_NAMESPACE: 'luna-system',
      PORT: String(port),
    },
  });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.removeListener('exit', killWithUs));
  return child;
}

/** Kills a process, and waits until it is gone. */
export async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** A service account with all that the chart gives to the operator's. */
export function rightsOf(chart: readonly KubeObject[], account: string): KubeObject[] {
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: 'luna-system' }];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: 'luna-system' } },
    ...chart
      .filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
      .map((binding) => ({
        ...binding,
        metadata: { ...binding.metadata, name: `${binding.metadata.name}-${account}` },
        subjects,
      })),
  ];
}
