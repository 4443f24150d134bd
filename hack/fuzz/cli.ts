import { spawn } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestClient } from '../../tenant-api/test/support/client.ts';
import { createTestTenant } from '../../tenant-api/test/support/tenant.ts';
import { cacheDir } from '../lib/cache.ts';
import { patient } from '../lib/run.ts';
import { startServices, type Services } from '../services/index.ts';

/**
 * Fuzzes the API from its own OpenAPI document: no 5xx, and every answer has a status, a content type and a body that the document
 * names. Usage: node hack/fuzz/cli.ts [EXAMPLES [SEED]]; further arguments go to schemathesis. With DATABASE_URL and the like set,
 * on those services; else on its own.
 */
const version = '4.32.5';
const [examples = '80', seed = '20261', ...more] = process.argv.slice(2);

async function schemathesis(): Promise<string> {
  const folder = join(cacheDir(), 'fuzz', `schemathesis-${version}`);
  const program = join(folder, 'bin', 'schemathesis');
  const there = await access(program).then(
    () => true,
    () => false,
  );
  if (!there) {
    await mkdir(folder, { recursive: true });
    await patient.run('python3', ['-m', 'venv', folder]);
    await patient.run(join(folder, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${version}`]);
  }
  return program;
}

/** Outside a cluster these answer 501, as their document says; to the fuzzer every 5xx is an error. */
const elsewhere = '^/sim/(start|stop)$';

const checks = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance'],
  ...['response_headers_conformance', 'response_schema_conformance'],
];

/** Runs it on a service with one document in it, so that there is something to list, ask and delete. */
async function fuzz(program: string): Promise<number> {
  const tenant = await createTestTenant();
  try {
    const api = await tenant.start({ RATE_LIMIT_PER_MINUTE: '10000000', LOG_LEVEL: 'warn' });
    await api.until(200);
    const client = createTestClient(api.url, tenant.keys.admin);
    await client.upload('zaehler.txt', 'Die OBIS-Kennzahl 1.8.0 bedeutet den Gesamtbezug aus dem Netz.', {
      tags: 'handbuch',
    });
    const args = [
      'run',
      `${api.url}/openapi.json`,
      '--checks',
      checks.join(','),
      '--max-examples',
      examples,
      '--seed',
      seed,
    ];
    const key = ['--header', `Authorization: Bearer ${tenant.keys.admin}`];
    const child = spawn(
      program,
      [...args, ...key, '--request-timeout', '60', '--exclude-path-regex', elsewhere, ...more],
      { stdio: 'inherit', cwd: join(cacheDir(), 'fuzz') },
    );
    const code = await new Promise<number>((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
    if (api.child.exitCode !== null) console.error(`the API has ended:\n${api.log()}`);
    return api.child.exitCode === null ? code : 1;
  } finally {
    await tenant.stop();
  }
}

const program = await schemathesis();
let services: Services | undefined;
if (process.env['DATABASE_URL'] === undefined) {
  services = await startServices();
  Object.assign(process.env, services.env);
}
try {
  process.exitCode = await fuzz(program);
} finally {
  await services?.stop();
}
