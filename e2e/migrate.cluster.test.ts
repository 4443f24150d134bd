import { expect, it } from 'vitest';
import { query } from './support/api.ts';
import { tenantCommand } from './support/commands.ts';
import { get, kubectl, list, type Live } from './support/kubectl.ts';
import { ready } from './support/tenants.ts';

type Job = Live & { spec: { template: object } };
const schema = (): string =>
  query(
    'demo',
    `select md5(string_agg(c.table_name || c.column_name || c.data_type, ',' order by 1)) from information_schema.columns c where table_schema = 'public'`,
  );

it('migrations run twice, and two at once, without effect or error', async () => {
  await ready('demo');
  const before = [schema(), query('demo', 'select instance_fingerprint from privacy_config')];
  const outcome = tenantCommand('demo', ['migrate']);
  expect(outcome.code, outcome.output).toBe(0);

  const original = list<Job>('jobs', 'luna-demo', 'app.kubernetes.io/name=schema')[0];
  if (original === undefined) throw new Error('the tenant has no schema Job');
  const template = JSON.parse(JSON.stringify(original.spec.template)) as {
    metadata: { labels: Record<string, string> };
  };
  for (const label of Object.keys(template.metadata.labels))
    if (/controller-uid|job-name/.test(label)) delete template.metadata.labels[label];
  const names = ['schema-again-a', 'schema-again-b'];
  const jobs = names.map((name) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    // Labels of its own: without any, a Job takes its template's, and the operator would prune it as the tenant's.
    metadata: { name, namespace: 'luna-demo', labels: { app: 'e2e' } },
    spec: { template, backoffLimit: 0 },
  }));
  kubectl(['create', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: jobs }) });
  try {
    kubectl(
      ['wait', '-n', 'luna-demo', '--for=condition=complete', '--timeout=120s', ...names.map((name) => `job/${name}`)],
      { timeoutMs: 130_000 },
    );
    for (const name of names)
      expect(get<Live & { status: { failed?: number } }>('job', name, 'luna-demo')?.status.failed ?? 0).toBe(0);
  } finally {
    kubectl(['delete', '-n', 'luna-demo', '--ignore-not-found', ...names.map((name) => `job/${name}`)]);
  }
  expect([schema(), query('demo', 'select instance_fingerprint from privacy_config')]).toEqual(before);
});
