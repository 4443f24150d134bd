import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createClient, createRuntimeMetrics, createTransport, type ConnectionConfig } from '@luna-iems/kube-runtime';
import { createOperator, operatorKinds, platformSchema } from '@luna-iems/operator';
import { createLogger, createMetrics, createShutdown, loadYamlFile } from '@luna-iems/service-kit';

// The operator as its main program wires it, but without an election and without a limit on requests, like its peers.
const platform = await loadYamlFile(platformSchema, process.env['LUNA_CONFIG'] ?? '');
const log = createLogger({ name: 'luna-operator', level: platform.controller.logLevel });
const shutdown = createShutdown({ log });
const metrics = createMetrics();
const runtimeMetrics = createRuntimeMetrics(metrics.registry);
const transport = createTransport({
  config: await connection(),
  userAgent: 'bench-luna',
  qps: 1e6,
  burst: 1e6,
  metrics: runtimeMetrics,
});
const operator = createOperator({
  client: createClient({ transport, kinds: operatorKinds }),
  platform,
  identity: 'bench',
  random: randomBytes,
  now: () => Date.now(),
  logger: log,
  metrics: runtimeMetrics,
  registry: metrics.registry,
});
const controller = operator.controller();
const running = [operator.observer.run(shutdown.signal), controller.run(shutdown.signal)];
shutdown.onShutdown('connections', () => transport.close());
shutdown.onShutdown('reconciles', async () => void (await Promise.all(running)));
await controller.idle();
console.log('verified');

/** What a pod gets from its service account's files: reading a kubeconfig would load a library that no pod loads. */
async function connection(): Promise<ConnectionConfig> {
  const { clusters, users } = JSON.parse(await readFile(process.env['KUBECONFIG'] ?? '', 'utf8')) as {
    clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
    users: { user: { token: string } }[];
  };
  const cluster = clusters[0]?.cluster;
  const ca = Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64').toString();
  return { server: cluster?.server ?? '', ca, token: users[0]?.user.token ?? '' };
}
