import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

function script(path: string, args: readonly string[], tenant: string, timeoutMs: number): Outcome {
  const result = spawnSync(process.execPath, [join(root, path), ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: timeoutMs,
    env: { ...process.env, TENANT: tenant },
  });
  return { code: result.status, output: `${result.stdout}${result.stderr}` };
}

/** Runs one of the commands that people run against a tenant, as `make` does. */
export const tenantCommand = (tenant: string, args: readonly string[], timeoutMs = 300_000): Outcome =>
  script('hack/tenant/cli.ts', args, tenant, timeoutMs);

/** Runs `make up` or `make down` as a person would. */
export const upCommand = (verb: 'up' | 'down'): Outcome => script('hack/up/cli.ts', [verb], 'demo', 1_200_000);
