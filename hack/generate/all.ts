/**
 * Every generator of the repository. Usage: node hack/generate/all.ts write|check
 * `check` fails when a committed file is not what its generator writes now.
 */
import { spawnSync } from 'node:child_process';

const generators = [
  { name: "CRD types and the chart's copy of the CRD", script: 'hack/generate/cli.ts' },
  { name: 'embedded migrations', script: 'packages/tenant-db/scripts/embed-migrations.ts' },
  { name: 'usual scarcity', script: 'tenant-sim/scripts/usual-scarcity.ts' },
  { name: 'openapi.yaml', script: 'tenant-api/src/openapi/cli.ts' },
] as const;

const verb = process.argv[2];
if (verb !== 'write' && verb !== 'check') {
  console.error('usage: node hack/generate/all.ts write|check');
  process.exit(2);
}
const failed = generators.filter((generator) => {
  const args = [generator.script, ...(verb === 'check' ? ['--check'] : [])];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0;
});
for (const generator of failed) console.error(`${verb} failed: ${generator.name}`);
process.exitCode = failed.length === 0 ? 0 : 1;
