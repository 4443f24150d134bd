import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createClient,
  createTransport,
  loadConnectionConfig,
  startTcpProxy,
  type Client,
  type TcpProxy,
} from '@luna-iems/kube-runtime';
import type { ApiServer } from '../../../hack/apiserver/index.ts';
import { operatorKinds } from '../optional-kinds.ts';
import { installChart } from './cluster.ts';
import { killProcess, rightsOf, spawnOperator, writeKubeconfig } from './operator-process.ts';

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
    const at = { server: `https://127.0.0.1:${String(port)}`, ca: config.ca, token: answer.status.token };
    return writeKubeconfig(directory, { account, ...at });
  };

  return {
    client,
    async launch(account) {
      for (const object of rightsOf(chart, account)) await client.apply(object, { fieldManager: 'test' });
      const cable = await startTcpProxy(Number(new URL(server.url).port));
      const kubeconfig = await kubeconfigOf(account, cable.port);
      const logFile = join(directory, `${account}-${String(running.length)}.log`);
      const output = openSync(logFile, 'a');
      const child = await spawnOperator({ account, kubeconfig, directory, stdio: ['ignore', output, output] });
      closeSync(output);
      const replica: Replica = {
        account,
        cable,
        signal: (signal) => void child.kill(signal),
        kill: () => killProcess(child),
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
