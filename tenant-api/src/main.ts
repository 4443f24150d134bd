import { createLogger, createShutdown, errorMessage, sleep, type Shutdown } from '@luna-iems/service-kit';
import { buildApp } from './app.ts';
import { readConfig, type Config } from './config.ts';
import { keepSeries } from './series/keeper.ts';
import { keepTuned } from './search/tuner.ts';
import { createServices, type Services } from './services.ts';
import { apiVersion } from './version.ts';

/** Closing order: not ready first, then no new requests, then the loops, then the connections. */
function registerSteps(
  shutdown: Shutdown,
  services: Services,
  config: Config,
  parts: { close: () => Promise<void>; loops: Promise<unknown> },
): void {
  shutdown.onShutdown('connections', () => services.close());
  shutdown.onShutdown('loops', async () => void (await parts.loops));
  shutdown.onShutdown('http', () => parts.close());
  shutdown.onShutdown('drain', async () => {
    services.supervisor.drain();
    await sleep(config.DRAIN_SECONDS * 1000);
  });
}

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger({ name: 'tenant-api', level: config.LOG_LEVEL, base: { tenant: config.TENANT_NAME } });
  const shutdown = createShutdown({ log });
  const services = createServices({ config, log, env: process.env, version: apiVersion });
  const app = await buildApp(services.app);
  const { signal } = shutdown;
  const loops = Promise.all([
    services.supervisor.run(signal),
    services.keepModels(signal),
    services.worker.run(signal),
    services.keepReconciled(signal),
    services.keepOriginals(signal),
    keepSeries(
      { db: services.app.db, clock: services.app.clock, log, everyMs: config.SERIES_ROUND_SECONDS * 1000 },
      signal,
    ),
    keepTuned(services.tuner, log, signal),
  ]);
  registerSteps(shutdown, services, config, { close: () => app.close(), loops });
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'unhandled rejection');
    void shutdown.shutdown('unhandled rejection', 1);
  });
  await app.listen({ host: config.HOST, port: config.PORT });
}

try {
  await start();
} catch (error) {
  console.error(errorMessage(error));
  process.exit(1);
}
