import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inventory, inventoryDifference, type Inventory } from '../hack/cluster/inventory.ts';
import { inventoryFile } from '../hack/test/cluster-setup.ts';
import { upCommand } from './support/commands.ts';
import { killCluster } from './support/kill.ts';
import { get } from './support/kubectl.ts';
import { ready } from './support/tenants.ts';

describe('the life of a cluster', () => {
  it('is repaired by make up after everything was killed, with its data', async () => {
    const namespace = get('namespace', 'luna-demo')?.metadata.uid;
    await killCluster();
    const outcome = upCommand('up');
    expect(outcome.code, outcome.output).toBe(0);
    await ready('demo');
    expect(get('namespace', 'luna-demo')?.metadata.uid).toBe(namespace);
  });

  it('ends with make down, which leaves the machine as it was before make up', async () => {
    const outcome = upCommand('down');
    expect(outcome.code, outcome.output).toBe(0);
    expect(existsSync(inventoryFile), 'the tier recorded the machine before it began').toBe(true);
    const before = JSON.parse(readFileSync(inventoryFile, 'utf8')) as Inventory;
    expect(inventoryDifference(before, await inventory())).toEqual([]);
  });
});
