import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createClient,
  createTransport,
  loadConnectionConfig,
  startTcpProxy,
  type Client,
  type KubeObject,
  type TcpProxy,
} from '@luna-iems/kube-runtime';
import type { ApiServer } from '../../../hack/apiserver/index.ts';
import { freePorts } from '../../../hack/apiserver/ports.ts';
import { operatorKinds } from '../optional-kinds.ts';
import { installChart, repository } from './cluster.ts';

/** An operator as a process of its own, under an account of its own (so that the audit log tells who wrote), behind a cable of its own. */
export interface Replica {
  readonly account: string;
  readonly cable: TcpProxy;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Kills it, and waits until it is gone. */
  kill(): Promise<void>;
  /** What it logged so far, one JSON object a line. */
  log(): string;
}

/** An API server with the chart on it, where operators are run as processes. */
export interface Replicas {
  /** May do everything. */
  readonly client: Client;
  /** Starts an operator under an account that has all rights of the chart's. */
  launch(account: string): Promise<Replica>;
  stop(): Promise<void>;
}

export async function prepareReplicas(server: ApiServer): Promise<Replicas> {
  const config = await loadConnectionConfig({ kubeconfig: server.adminKubeconfig });
  const transport = createTransport({ config, qps: 1000, burst: 1000 });
  const client = createClient({ transport, kinds: operatorKinds });
  const directory = mkdtempSync(join(tmpdir(), 'luna-replicas-'));
  const chart = await installChart(client);
  const settings = chart.find(({ kind }) => kind === 'ConfigMap')?.['data'] as Record<string, string>;
  writeFileSync(join(directory, 'config.yaml'), settings['config.yaml'] ?? '');
  const running: Replica[] = [];

  const kubeconfigOf = async (account: string, port: number): Promise<string> => {
    const answer = await transport.request<{ status: { token: string } }>({
      method: 'POST',
      path: `/api/v1/namespaces/luna-system/serviceaccounts/${account}/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 7200 } },
    });
    const path = join(directory, `${account}.kubeconfig`);
    const ca = Buffer.from(config.ca ?? '').toString('base64');
    const cluster = { server: `https://127.0.0.1:${String(port)}`, 'certificate-authority-data': ca };
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster }],
      users: [{ name: account, user: { token: answer.status.token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: account } }],
      'current-context': 'test',
    };
    writeFileSync(path, JSON.stringify(kubeconfig), { mode: 0o600 });
    return path;
  };

  return {
    client,
    async launch(account) {
      for (const object of rightsOf(chart, account)) await client.apply(object, { fieldManager: 'test' });
      const cable = await startTcpProxy(Number(new URL(server.url).port));
      const kubeconfig = await kubeconfigOf(account, cable.port);
      const logFile = join(directory, `${account}-${String(running.length)}.log`);
      const child = await start({ account, kubeconfig, directory, logFile });
      const replica: Replica = {
        account,
        cable,
        signal: (signal) => void child.kill(signal),
        kill: () => kill(child),
        log: () => readFileSync(logFile, 'utf8'),
      };
      running.push(replica);
      return replica;
    },
    async stop() {
      await Promise.all(running.map((replica) => replica.kill()));
      await Promise.all(running.map(({ cable }) => cable.close()));
      await transport.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface Start {
  account: string;
  kubeconfig: string;
  directory: string;
  logFile: string;
}

async function start({ account, kubeconfig, directory, logFile }: Start): Promise<ChildProcess> {
  const [port = 0] = await freePorts(1);
  const output = openSync(logFile, 'a');
  const child = spawn(process.execPath, [join(repository, 'operator/src/main.ts')], {
    stdio: ['ignore', output, output],
    env: {
      ...process.env,
      KUBECONFIG: kubeconfig,
      LUNA_CONFIG: join(directory, 'config.yaml'),
      POD_NAME: account,
      POD_NAMESPACE: 'luna-system',
      PORT: String(port),
    },
  });
  closeSync(output);
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.removeListener('exit', killWithUs));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** A service account with all that the chart gives to the operator's. */
function rightsOf(chart: readonly KubeObject[], account: string): KubeObject[] {
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
