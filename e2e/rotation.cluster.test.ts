import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTenantApi, posting, query } from './support/api.ts';
import { tenantCommand } from './support/commands.ts';
import { eventually, kubectl, list } from './support/kubectl.ts';
import { ready, tenant } from './support/tenants.ts';

const rotated = (): unknown => (tenant('demo')?.status as { secretRotation?: string } | undefined)?.secretRotation;

/** One pod of the API, so that a port-forward cannot choose one that is about to end. */
const oneApiPod = (): Promise<true> =>
  eventually('one generation of API pods', 120_000, () =>
    list('pods', 'luna-demo', 'app.kubernetes.io/name=tenant-api').length === 1 ? true : undefined,
  );

describe('new passwords and keys for a running tenant', () => {
  const wanted = `test-${String(process.pid)}`;
  let oldKey = '';
  beforeAll(async () => {
    await ready('demo');
    // Something to lose, also where no other test put documents there before.
    if (query('demo', 'select count(*) from items') === '0') expect(tenantCommand('demo', ['seed']).code).toBe(0);
    await oneApiPod();
  });
  afterAll(() => void kubectl(['annotate', 'lunatenant', 'demo', 'luna-iems.io/rotate-secrets-']));

  it('every part runs with them, the old key is refused, and nothing is lost', async () => {
    const before = await openTenantApi('demo');
    oldKey = before.key;
    const counts = query('demo', 'select count(*), count(distinct sha256) from items');
    await before.close();

    kubectl(['annotate', 'lunatenant', 'demo', `luna-iems.io/rotate-secrets=${wanted}`, '--overwrite']);
    await eventually('the rotation is complete', 400_000, () => (rotated() === wanted ? true : undefined));
    const serving = list('pods', 'luna-demo', 'app.kubernetes.io/name=tenant-api').filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
    expect(serving, 'no pod with the former Secrets when it is said to be complete').toHaveLength(1);
    await ready('demo');
    await oneApiPod();

    const api = await openTenantApi('demo');
    try {
      expect(api.key).not.toBe(oldKey);
      const refused = await api.send('/items', { headers: { authorization: `Bearer ${oldKey}` } });
      expect(refused.status).toBe(401);
      const { components } = await api.json<{ components: Record<string, { ok: boolean }> }>('/status/summary');
      expect(components).toMatchObject({ database: { ok: true }, qdrant: { ok: true } });
      expect(query('demo', 'select count(*), count(distinct sha256) from items')).toBe(counts);
      const answer = await api.send('/rag/ask', posting({ question: 'Was bedeutet die OBIS-Kennzahl 1.8.0?' }));
      expect(answer.status).toBe(200);
    } finally {
      await api.close();
    }
  });
});
