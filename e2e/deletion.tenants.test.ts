import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tenantCommand } from './support/commands.ts';
import { eventually, get, kubectl, list } from './support/kubectl.ts';
import { applyTenant, patchSpec, ready, removeTenant, tenant, tinyTenant } from './support/tenants.ts';

const gone = (name: string): Promise<true> =>
  eventually(`tenant ${name} gone`, 180_000, () => (tenant(name) ? undefined : true));
const claims = (namespace: string): string[] =>
  list('pvc', namespace)
    .map((claim) => `${claim.metadata.name} ${claim.metadata.uid}`)
    .sort();

describe('deleting a tenant', () => {
  beforeAll(async () => {
    applyTenant(tinyTenant('keep', { deletionPolicy: 'Retain' }));
    await ready('keep');
  });
  afterAll(() => removeTenant('keep'));

  it('with Retain keeps namespace, volumes and Secrets, and applying it again finds the documents answerable', async () => {
    const seeded = tenantCommand('keep', ['seed', 'docs/samples']);
    expect(seeded.code, seeded.output).toBe(0);
    const question = ['ask', 'Was bedeutet die OBIS-Kennzahl 1.8.0?'];
    const before = tenantCommand('keep', question);
    expect(before.output).toContain('[1]');
    const namespace = get('namespace', 'luna-keep')?.metadata.uid;
    const volumes = claims('luna-keep');

    kubectl(['delete', 'lunatenant', 'keep', '--wait=false']);
    await gone('keep');
    expect(get('namespace', 'luna-keep')?.metadata).toMatchObject({ uid: namespace });
    expect(get('namespace', 'luna-keep')?.metadata.deletionTimestamp).toBeUndefined();
    expect(claims('luna-keep')).toEqual(volumes);
    expect(get('secret', 'postgres-owner', 'luna-keep')).toBeDefined();
    await eventually('no pod left', 120_000, () => (list('pods', 'luna-keep').length === 0 ? true : undefined));

    applyTenant(tinyTenant('keep', { deletionPolicy: 'Retain' }));
    await ready('keep');
    expect(claims('luna-keep')).toEqual(volumes);
    const after = tenantCommand('keep', question);
    expect(after.output).toContain(before.output.split('\n').find((line) => line.includes('1.8.0')));
  });

  it('is refused while it is protected, and says why', async () => {
    patchSpec('keep', { deletionProtection: true, deletionPolicy: 'Delete' });
    let refused = '';
    try {
      kubectl(['delete', 'lunatenant', 'keep', '--wait=false']);
    } catch (error) {
      refused = String(error);
    }
    const message = await eventually('a sentence about the protection', 30_000, () => {
      const said = refused + kubectl(['describe', 'lunatenant', 'keep']);
      return /deletionProtection/.test(said) ? said : undefined;
    });
    expect(message).toMatch(/deletionProtection/);
    expect(get('namespace', 'luna-keep')?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('with Delete removes the namespace and all in it', async () => {
    patchSpec('keep', { deletionProtection: false, deletionPolicy: 'Delete' });
    kubectl(['delete', 'lunatenant', 'keep', '--ignore-not-found', '--wait=false']);
    await gone('keep');
    await eventually('namespace gone', 180_000, () => (get('namespace', 'luna-keep') ? undefined : true));
  });
});
