import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventory, inventoryDifference, type Inventory } from '../hack/cluster/inventory.ts';
import { inventoryFile } from '../hack/test/cluster-setup.ts';
import { upCommand } from './support/commands.ts';
import { killCluster } from './support/kill.ts';
import { eventually, get, kubectl, list, type Live } from './support/kubectl.ts';
import { followTenants } from './support/rollout.ts';
import { applyTenant, patchSpec, ready, removeTenant, tenant, tinyTenant } from './support/tenants.ts';

const CRD = 'lunatenants.luna-iems.io';

/** What must never be lost, as what it is and not only by name. */
function precious(): string[] {
  const live = (kind: string): string[] =>
    list<Live & { data?: unknown }>(kind, 'luna-demo').map(
      ({ metadata, data }) => `${kind}/${metadata.name} ${metadata.uid} ${JSON.stringify(data ?? null)}`,
    );
  return [`namespace ${get('namespace', 'luna-demo')?.metadata.uid ?? ''}`, ...live('pvc'), ...live('secret')].sort();
}

/** What serves a tenant, part by part: which pods it runs in. */
function parts(name: string): { name: string; uid: string }[] {
  return list('pods', `luna-${name}`, 'app.kubernetes.io/name in (postgres,qdrant,ollama,tika,tenant-api)')
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => ({ name: metadata.labels?.['app.kubernetes.io/name'] ?? '', uid: metadata.uid }))
    .sort((a, b) => (a.name + a.uid < b.name + b.uid ? -1 : 1));
}

/** A setting that gives every pod of every tenant another template. */
const ANOTHER_VERSION = {
  tenants: {
    rollout: { maxConcurrent: 1 },
    scheduling: { tolerations: [{ key: 'luna-iems.io/another-version', operator: 'Exists' }] },
  },
};

describe('another version of the operator', () => {
  const names = ['demo', 'later'];
  const platformRevision = (name: string): string | undefined => tenant(name)?.status?.platformRevision;
  beforeAll(async () => {
    applyTenant(tinyTenant('later'));
    for (const name of names) await ready(name);
  });
  afterAll(() => removeTenant('later'));

  it('reaches the tenants one after the other, though it is killed on the way, and loses nothing', async () => {
    const [before, kept] = [names.map(platformRevision), precious()];
    const old = new Map(names.map((name) => [name, parts(name)]));
    const history = followTenants();
    const upgrade = ['upgrade', 'luna-operator', 'charts/luna-operator', '--namespace', 'luna-system'];
    execFileSync('helm', [...upgrade, '--reuse-values', '--values', '-', '--wait'], {
      input: JSON.stringify(ANOTHER_VERSION),
      timeout: 300_000,
    });
    await eventually('a tenant rolls', 60_000, () => (history.rolling().size > 0 ? true : undefined));
    kubectl(['-n', 'luna-system', 'delete', 'pods', '--all', '--force', '--grace-period=0']);
    for (const [at, name] of names.entries()) {
      const isNew = (): boolean => ![undefined, before[at]].includes(platformRevision(name));
      await eventually(`${name} is updated`, 420_000, () => (isNew() ? true : undefined));
      await ready(name);
    }
    expect(await history.end(), 'tenants that rolled at the same time').toEqual([['demo'], ['later']]);
    for (const name of names) {
      const now = parts(name);
      expect(now.map(({ name: part }) => part)).toEqual(old.get(name)?.map(({ name: part }) => part));
      expect(now.filter(({ uid }) => old.get(name)?.some((part) => part.uid === uid))).toEqual([]);
    }
    expect(precious()).toEqual(kept);
  });

  it('goes back the same way', async () => {
    const outcome = upCommand('up');
    expect(outcome.code, outcome.output).toBe(0);
    for (const name of names) await ready(name);
  });
});

/** The sample tenant, under the policy that is the most dangerous here. */
describe('what must outlive the operator', () => {
  let before: string[] = [];
  const policy = (deletionPolicy: 'Retain' | 'Delete'): string => patchSpec('demo', { deletionPolicy });
  beforeAll(async () => {
    await ready('demo');
    policy('Delete');
    before = precious();
    expect(before.length).toBeGreaterThan(9);
  });
  afterAll(() => void policy('Retain'));

  it('helm uninstall leaves tenants as they run, and the next installation finds nothing to do', async () => {
    const [running, uid] = [parts('demo'), tenant('demo')?.metadata.uid];
    execFileSync('helm', ['uninstall', 'luna-operator', '--namespace', 'luna-system', '--wait'], { timeout: 120_000 });
    expect(get('deployment', 'luna-operator', 'luna-system')).toBeUndefined();
    expect(tenant('demo')?.metadata).toMatchObject({ uid });
    expect(tenant('demo')?.metadata.deletionTimestamp).toBeUndefined();
    const outcome = upCommand('up');
    expect(outcome.code, outcome.output).toBe(0);
    await ready('demo');
    expect(tenant('demo')?.metadata.uid).toBe(uid);
    expect(parts('demo')).toEqual(running);
    expect(precious()).toEqual(before);
  });

  it('the CRD deleted, and installed again: the tenant finds all that was its own', async () => {
    kubectl(['delete', 'crd', CRD, '--wait=false']);
    await eventually('the CRD is gone', 180_000, () => (get('crd', CRD) ? undefined : true));
    expect(precious()).toEqual(before);
    expect(get('namespace', 'luna-demo')?.metadata.deletionTimestamp).toBeUndefined();
    // Helm believes the CRD to be in place; a chart that is installed anew puts it back.
    execFileSync('helm', ['uninstall', 'luna-operator', '--namespace', 'luna-system', '--wait'], { timeout: 120_000 });
    const outcome = upCommand('up');
    expect(outcome.code, outcome.output).toBe(0);
    await ready('demo');
    expect(precious()).toEqual(before);
  });
});

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
