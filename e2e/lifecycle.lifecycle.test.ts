import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inventory } from '../hack/cluster/inventory.ts';
import { inventoryFile } from '../hack/test/cluster-setup.ts';
import { upCommand } from './support/commands.ts';
import { get } from './support/kubectl.ts';
import { ready } from './support/tenants.ts';

describe('the life of a cluster', () => {
  it('is repaired by make up after everything was killed, with its data', async () => {
    const namespace = get('namespace', 'luna-demo')?.metadata.uid;
    for (const name of ['kubelet', 'containerd', 'kube-apiserver', 'etcd', 'kube-proxy']) {
      execFileSync('sh', ['-c', `pkill -9 -x ${name} || true`]);
    }
    const outcome = upCommand('up');
    expect(outcome.code, outcome.output).toBe(0);
    await ready('demo');
    expect(get('namespace', 'luna-demo')?.metadata.uid).toBe(namespace);
  });

  it('ends with make down, which leaves the machine as it was before make up', async () => {
    const outcome = upCommand('down');
    expect(outcome.code, outcome.output).toBe(0);
    expect(existsSync(inventoryFile), 'the tier recorded the machine before it began').toBe(true);
    const before: unknown = JSON.parse(readFileSync(inventoryFile, 'utf8'));
    expect(await inventory()).toEqual(before);
  });
});
