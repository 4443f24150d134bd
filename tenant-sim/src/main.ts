import {
  LunaError,
  createLogger,
  createShutdown,
  errorMessage,
  loadEnv,
  systemClock,
  type Logger,
} from '@luna-iems/service-kit';
import { createPool, waitForDatabase, type SimKind } from '@luna-iems/tenant-db';
import { Type } from 'typebox';
import { USAGE, runForPeople } from './people.ts';
import { simulate } from './run/simulate.ts';
import { loadSimConfig } from './sim-config.ts';

const EnvSchema = Type.Object({
  DATABASE_URL: Type.String({
    pattern: '^postgres(ql)?://',
    description: 'Where to write: postgres://user@host:5432/database; the password may come from PGPASSWORD.',
  }),
  SIM_CONFIG: Type.String({ default: '/config/sim.yml', description: 'Path of the simulation settings.' }),
  LOG_LEVEL: Type.String({ default: 'info', description: 'fatal, error, warn, info, debug, trace or silent.' }),
  DB_WAIT_SECONDS: Type.Integer({ default: 60, minimum: 1, description: 'How long to wait for the database.' }),
});

function kindOf(argument: string | undefined): SimKind {
  if (argument === 'meter' || argument === 'market') return argument;
  throw new LunaError('LUNA_USAGE', `usage: main.js meter|market (it was ${argument ?? 'empty'})\n${USAGE}`);
}

async function run(log: Logger): Promise<number> {
  const kind = kindOf(process.argv[2]);
  const env = loadEnv(EnvSchema, process.env);
  log.level = env.LOG_LEVEL;
  const exitCode: { value: number } = { value: 0 };
  const shutdown = createShutdown({
    log,
    // The process ends by itself once the pool is closed; this only cuts a hanging one short.
    exit: (code) => process.exit(code === 0 ? exitCode.value : code),
  });
  const db = createPool({ connectionString: env.DATABASE_URL, applicationName: `tenant-sim-${kind}`, log, max: 2 });
  try {
    await waitForDatabase(db, { log, timeoutMs: env.DB_WAIT_SECONDS * 1000, signal: shutdown.signal });
    const work = simulate(kind, {
      db,
      log,
      clock: systemClock,
      signal: shutdown.signal,
      loadConfig: () => loadSimConfig(env.SIM_CONFIG),
    });
    shutdown.onShutdown('run', async () => {
      await work.catch(() => undefined);
      await db.close();
    });
    const result = await work;
    log.info({ kind, ...result }, 'simulated');
  } catch (error) {
    if (!shutdown.signal.aborted) throw error;
    log.info({ reason: errorMessage(error) }, 'stopped before the work began');
  } finally {
    if (!shutdown.signal.aborted) await db.close();
    shutdown.dispose();
  }
  return exitCode.value;
}

const FOR_PEOPLE = ['check', 'preview'];
const log = createLogger({ name: 'tenant-sim' });
try {
  process.exitCode = FOR_PEOPLE.includes(process.argv[2] ?? '')
    ? await runForPeople(process.argv.slice(2), { print: console.log, columns: process.stdout.columns ?? 100 })
    : await run(log);
} catch (error) {
  log.fatal({ err: error }, errorMessage(error));
  process.exitCode = 1;
}
