import { readFileSync } from 'node:fs';

import { explain, ToolError } from '../lib/errors.ts';
import { say } from '../lib/say.ts';
import { ensureBinaries } from './binaries.ts';
import type { Cluster } from './cluster.ts';
import { inventoryDifference, inventory as takeInventory, type Inventory } from './inventory.ts';
import { openCluster } from './open.ts';

const usage = `usage: node hack/cluster/cli.ts COMMAND
  up                  create, repair or keep the local cluster
  down                remove it and every trace of it but the cache
  status              say how it is; exit code 0 only when it runs
  env                 print lines for "eval": PATH and KUBECONFIG
  load REF=ARCHIVE…   make images usable by pods
  binaries [NAME…]    compile the cluster's programs and print their directory
  inventory [BEFORE]  print what runs on this machine, or what changed since`;

const up = async (cluster: Cluster): Promise<void> => {
  const started = performance.now();
  const result = await cluster.up();
  const took = result === 'unchanged' ? '' : ` in ${Math.round((performance.now() - started) / 1000)} s`;
  console.log(
    `cluster (${cluster.kind}): ${result}${took}; context "luna" is current, kubeconfig ${cluster.kubeconfig}`,
  );
};

const status = async (cluster: Cluster): Promise<void> => {
  const found = await cluster.status();
  console.log(`cluster (${found.kind}): ${found.state}`);
  for (const problem of found.problems) console.log(`  ${problem}; "make up" repairs it`);
  process.exitCode = found.state === 'running' ? 0 : 1;
};

const load = async (cluster: Cluster, pairs: readonly string[]): Promise<void> => {
  const archives = pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new ToolError('LUNA_USAGE', `"${pair}" is not REF=ARCHIVE`);
    return { ref: pair.slice(0, at), path: pair.slice(at + 1) };
  });
  await cluster.loadImages(archives);
};

const env = async (cluster: Cluster): Promise<void> => {
  const bin = await ensureBinaries(['kubectl', 'helm']);
  console.log(`export PATH="${bin}:$PATH"\nexport KUBECONFIG="${cluster.kubeconfig}"`);
};

const inventory = async (before: string | undefined): Promise<void> => {
  const now = await takeInventory();
  if (!before) return console.log(JSON.stringify(now, null, 1));
  const changed = inventoryDifference(JSON.parse(readFileSync(before, 'utf8')) as Inventory, now);
  for (const line of changed) console.log(line);
  process.exitCode = changed.length === 0 ? 0 : 1;
};

const commands: Readonly<Record<string, (rest: readonly string[]) => Promise<void>>> = {
  up: async () => up(await openCluster()),
  down: async () => (await openCluster()).down(),
  status: async () => status(await openCluster()),
  env: async () => env(await openCluster()),
  load: async (rest) => load(await openCluster(), rest),
  binaries: async (rest) => console.log(await ensureBinaries(rest.length > 0 ? rest : undefined)),
  inventory: ([before]) => inventory(before),
};

const [name = '', ...rest] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  say(usage);
  process.exitCode = name === '' || name === '--help' ? 0 : 2;
} else {
  await command(rest).catch((error: unknown) => {
    say(explain(error));
    process.exitCode = 1;
  });
}
