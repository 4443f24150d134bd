import { writeFile } from 'node:fs/promises';
import { createLogger, createShutdown, errorMessage, loadEnv, type Logger } from '@luna-iems/service-kit';
import { createPool, migrate, setRetention, setRolePasswords, waitForDatabase } from '@luna-iems/tenant-db';
import { Type } from 'typebox';

const Env = Type.Object({
  DATABASE_URL: Type.String({
    pattern: '^postgres(ql)?://',
    description: 'postgres://owner@host:5432/luna; the password comes in PGPASSWORD.',
  }),
  LUNA_API_PASSWORD: Type.Optional(Type.String({ description: 'Password that the role luna_api gets.' })),
  LUNA_SIM_PASSWORD: Type.Optional(Type.String({ description: 'Password that the role luna_sim gets.' })),
  LUNA_ADMIN_PASSWORD: Type.Optional(Type.String({ description: 'Password that the role luna_admin gets.' })),
  RETENTION_READINGS_DAYS: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Days that readings are kept; 0 for ever.' }),
  ),
  RETENTION_MINUTES_DAYS: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Days that the roll-up of readings by minutes is kept; 0 for ever.' }),
  ),
  TERMINATION_LOG: Type.String({
    default: '/dev/termination-log',
    description: 'File that Kubernetes shows the end of a container from.',
  }),
  LOG_LEVEL: Type.String({ default: 'info', pattern: '^(fatal|error|warn|info|debug|trace|silent)$' }),
});

/** Outside a cluster there is nobody to leave the word for. */
async function leaveWord(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch(() => undefined);
}

async function run(log: Logger, signal: AbortSignal): Promise<string> {
  const env = loadEnv(Env, process.env, { name: 'environment of the schema job' });
  const db = createPool({
    connectionString: env.DATABASE_URL,
    applicationName: 'schema-job',
    log,
    max: 2,
    statementTimeoutMs: 0,
  });
  try {
    await waitForDatabase(db, { log, signal });
    const { version, applied } = await migrate(db, { log, signal });
    const { LUNA_API_PASSWORD, LUNA_SIM_PASSWORD, LUNA_ADMIN_PASSWORD } = env;
    await setRolePasswords(db, {
      ...(LUNA_API_PASSWORD === undefined ? {} : { luna_api: LUNA_API_PASSWORD }),
      ...(LUNA_SIM_PASSWORD === undefined ? {} : { luna_sim: LUNA_SIM_PASSWORD }),
      ...(LUNA_ADMIN_PASSWORD === undefined ? {} : { luna_admin: LUNA_ADMIN_PASSWORD }),
    });
    const { RETENTION_READINGS_DAYS: readingsDays, RETENTION_MINUTES_DAYS: minutesDays } = env;
    await setRetention(db, { readingsDays, minutesDays });
    const word = `schema version ${version}`;
    log.info({ applied }, word);
    await leaveWord(env.TERMINATION_LOG, word);
    return word;
  } finally {
    await db.close();
  }
}

const log = createLogger({ name: 'schema-job', level: process.env['LOG_LEVEL'] ?? 'info' });
const shutdown = createShutdown({ log });
try {
  await run(log, shutdown.signal);
} catch (error) {
  log.fatal({ err: error }, `the schema job failed: ${errorMessage(error)}`);
  await leaveWord(process.env['TERMINATION_LOG'] ?? '/dev/termination-log', errorMessage(error));
  process.exitCode = 1;
} finally {
  shutdown.dispose();
}
