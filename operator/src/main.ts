import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { hostname } from 'node:os';
import {
  createClient,
  createLeaderElector,
  createRuntimeMetrics,
  createTransport,
  fenceWrites,
  loadConnectionConfig,
  type Controller,
} from '@luna-iems/kube-runtime';
import { createLogger, createMetrics, createShutdown, errorMessage, loadYamlFile } from '@luna-iems/service-kit';
import { createOperator } from './operator.ts';
import { operatorKinds } from './optional-kinds.ts';
import { platformSchema } from './platform.ts';
import { createProbes } from './probes.ts';

const { env } = process;

async function main(): Promise<void> {
  const platform = await loadYamlFile(platformSchema, env['LUNA_CONFIG'] ?? '/etc/luna-operator/config.yaml');
  const log = createLogger({ name: 'luna-operator', level: platform.controller.logLevel });
  const shutdown = createShutdown({ log });
  const metrics = createMetrics();
  const runtimeMetrics = createRuntimeMetrics(metrics.registry);

  const config = await loadConnectionConfig();
  const transport = createTransport({
    config,
    userAgent: `luna-operator/${platform.version}`,
    metrics: runtimeMetrics,
  });
  const identity = `${env['POD_NAME'] ?? hostname()}_${randomUUID().slice(0, 8)}`;
  const elector = createLeaderElector({
    client: createClient({ transport }),
    lease: { name: 'luna-operator', namespace: env['POD_NAMESPACE'] ?? 'luna-system' },
    identity,
    metrics: runtimeMetrics,
    logger: log,
  });
  const operator = createOperator({
    // A replica that lost its lease without noticing must not write.
    client: createClient({ transport: fenceWrites(transport, () => elector.provablyHeld()), kinds: operatorKinds }),
    platform,
    identity,
    random: randomBytes,
    now: () => Date.now(),
    logger: log,
    metrics: runtimeMetrics,
    registry: metrics.registry,
  });

  let synced = false;
  let current: Controller | undefined;
  const probes = createProbes({
    metrics: async () => ({ text: await metrics.text(), contentType: metrics.contentType }),
    healthy: () => current?.healthy() ?? true,
    ready: () => synced && !shutdown.signal.aborted,
  });
  probes.listen(Number(env['PORT'] ?? 8080));
  await once(probes, 'listening');
  log.info({ version: platform.version, identity }, 'luna-operator started');

  const watching = operator.observer.run(shutdown.signal);
  const campaign = elector.run(async (signal) => {
    current = operator.controller();
    await current.run(signal);
    current = undefined;
  }, shutdown.signal);
  shutdown.onShutdown('connections', () => transport.close());
  shutdown.onShutdown('probes', () => void probes.close());
  shutdown.onShutdown('reconciles', async () => {
    await campaign;
    await watching;
  });
  await Promise.all(operator.observer.sources.map((source) => source.synced));
  synced = true;
  log.info({ tenants: operator.observer.tenantNames().length }, 'caches are filled');
}

main().catch((error: unknown) => {
  console.error(JSON.stringify({ level: 'fatal', name: 'luna-operator', msg: errorMessage(error) }));
  process.exit(1);
});
