import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTenantApi, query, type TenantApi } from './support/api.ts';
import { tenantCommand } from './support/commands.ts';
import { eventually, get, kubectl, type Live } from './support/kubectl.ts';
import { patchSpec, ready } from './support/tenants.ts';

type CronJob = Live & { spec: { suspend?: boolean } };
const suspended = (): (boolean | undefined)[] =>
  ['sim-meter', 'sim-market'].map((name) => get<CronJob>('cronjob', name, 'luna-demo')?.spec.suspend);

describe('the simulation of a tenant', () => {
  let api: TenantApi;
  beforeAll(async () => {
    await ready('demo');
    api = await openTenantApi('demo');
  });
  afterAll(async () => {
    await api.send('/sim/start', { method: 'POST' });
    await api.close();
  });

  it('leaves rows of the last minutes in both hypertables', () => {
    const outcome = tenantCommand('demo', ['simulate']);
    expect(outcome.code, outcome.output).toBe(0);
    const lag = query('demo', `select extract(epoch from now() - max(ts))::int from smart_meter_readings`);
    expect(Number(lag)).toBeLessThan(300);
    const ahead = query('demo', `select count(*) from market_prices where ts > now() - interval '15 minutes'`);
    expect(Number(ahead)).toBeGreaterThan(0);
  });

  it('stops and starts, as kubectl get cronjobs shows, and the operator does not undo it', async () => {
    expect((await api.send('/sim/stop', { method: 'POST' })).ok).toBe(true);
    expect(suspended()).toEqual([true, true]);
    // Any change makes the operator look at the tenant; it does not own this field.
    kubectl(['annotate', 'lunatenant', 'demo', 'e2e.luna-iems.io/look=again', '--overwrite']);
    patchSpec('demo', { displayName: 'Demo, looked at again' });
    await ready('demo');
    expect(suspended()).toEqual([true, true]);
    expect((await api.send('/sim/start', { method: 'POST' })).ok).toBe(true);
    expect(suspended()).toEqual([false, false]);
  });

  it('is counted in the summary exactly as it is in the database', async () => {
    expect((await api.send('/sim/stop', { method: 'POST' })).ok).toBe(true);
    await eventually('no simulator running', 120_000, () => {
      const jobs = JSON.parse(kubectl(['get', 'jobs', '-n', 'luna-demo', '-o', 'json'])) as {
        items: { status: { active?: number } }[];
      };
      return jobs.items.every((job) => (job.status.active ?? 0) === 0) ? true : undefined;
    });
    const summary = await api.json<{ counts: Record<string, number> }>('/status/summary');
    for (const table of ['smart_meter_readings', 'market_prices', 'events']) {
      expect(String(summary.counts[table]), table).toBe(query('demo', `select count(*) from ${table}`));
    }
  });
});
