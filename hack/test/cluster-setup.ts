import { writeFileSync } from 'node:fs';
import { inventory } from '../cluster/inventory.ts';
import { openCluster } from '../cluster/open.ts';
import { up } from '../up/up.ts';

/** What was on the machine before the tier brought its cluster up; the life-cycle test compares with it after `make down`. */
export const inventoryFile = '.reports/inventory-before.json';

/** Brings the cluster up for the tier, or finds it up, and puts its kubectl and kubeconfig into the tests' environment. */
export async function setup(): Promise<void> {
  const cluster = await openCluster();
  if ((await cluster.status()).state === 'absent') writeFileSync(inventoryFile, JSON.stringify(await inventory()));
  await up();
}
