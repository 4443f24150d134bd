import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  createClient,
  createRuntimeMetrics,
  createTransport,
  loadConnectionConfig,
  type Client,
  type KubeObject,
  type ResourceKind,
  type Transport,
} from '@luna-iems/kube-runtime';
import { Registry } from 'prom-client';
import { createTenantMetrics } from './controller/tenant-metrics.ts';
import { renderChart, repository } from './testing/cluster.ts';

const flow = (kind: string, plural: string): ResourceKind => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind,
  plural,
  namespaced: false,
});
const EVERYTHING = {
  replicas: '2',
  'serviceMonitor.enabled': 'true',
  'prometheusRule.enabled': 'true',
  'dashboard.enabled': 'true',
  'flowControl.enabled': 'true',
};

interface Alert {
  alert: string;
  expr: string;
  annotations: { runbook_url: string };
}

/** Names of all metrics of the operator. */
async function metricNames(): Promise<Set<string>> {
  const registry = new Registry();
  createRuntimeMetrics(registry);
  createTenantMetrics(registry);
  const all = await registry.getMetricsAsJSON();
  return new Set(all.flatMap(({ name }) => [name, `${name}_bucket`]));
}

/** The metrics that a PromQL expression reads. */
const metricsIn = (expr: string): string[] =>
  expr.match(/\b(luna|controller_runtime|workqueue|leader_election)_[a-z_]+/g) ?? [];

describe('the chart with everything switched on', () => {
  let transport: Transport;
  let client: Client;
  let objects: KubeObject[];
  beforeAll(async () => {
    const config = await loadConnectionConfig({ kubeconfig: inject('kubeconfig') });
    transport = createTransport({ config, qps: 500, burst: 500 });
    const kinds = [
      flow('FlowSchema', 'flowschemas'),
      flow('PriorityLevelConfiguration', 'prioritylevelconfigurations'),
    ];
    client = createClient({ transport, kinds });
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'luna-system' } };
    await client.apply(namespace, { fieldManager: 'test' });
    objects = await renderChart(EVERYTHING);
  });
  afterAll(() => transport.close());

  const alerts = (): Alert[] => {
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
    return (rule?.['spec'] as { groups: { rules: Alert[] }[] }).groups.flatMap(({ rules }) => rules);
  };

  it('is taken by the API server, every field known', async () => {
    const known = objects.filter(({ apiVersion }) => !apiVersion.startsWith('monitoring.coreos.com/'));
    expect(known.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['FlowSchema', 'PriorityLevelConfiguration', 'NetworkPolicy', 'PodDisruptionBudget']),
    );
    for (const object of known) await client.apply(object, { fieldManager: 'test', dryRun: true });
  });

  it('asks the metrics that there are, in alerts and on the dashboard', async () => {
    const names = await metricNames();
    const board = objects.find(({ metadata }) => metadata.name === 'luna-operator-dashboard');
    const { panels } = JSON.parse((board?.['data'] as Record<string, string>)['luna-tenants.json'] ?? '') as {
      panels: { targets: { expr: string }[] }[];
    };
    const expressions = [...alerts(), ...panels.flatMap(({ targets }) => targets)].map(({ expr }) => expr);
    expect(expressions.length).toBeGreaterThan(15);
    const unknown = expressions.flatMap(metricsIn).filter((name) => !names.has(name));
    expect(unknown).toEqual([]);
    expect(expressions.filter((expr) => metricsIn(expr).length === 0)).toEqual([]);
  });

  it('asks conditions that a tenant has', () => {
    const source = ['status/status.ts', 'status/update.ts', 'status/components.ts', 'status/schema.ts']
      .map((path) => readFileSync(join(import.meta.dirname, path), 'utf8'))
      .join('\n');
    const conditions = alerts().flatMap(({ expr }) =>
      [...expr.matchAll(/condition="([^"]+)"/g)].map(([, name]) => name),
    );
    expect(conditions.length).toBeGreaterThan(4);
    for (const name of conditions) expect(source).toContain(`'${name ?? ''}'`);
  });

  it('has a runbook for each alert, under the address that the platform serves them at', async () => {
    for (const { alert, annotations } of alerts())
      expect(existsSync(join(repository, annotations.runbook_url)), `${alert}: ${annotations.runbook_url}`).toBe(true);
    const served = await renderChart({ ...EVERYTHING, 'prometheusRule.runbooks': 'https://wiki.example.com/luna' });
    expect(JSON.stringify(served)).toContain('https://wiki.example.com/luna/part-not-ready.md');
  });

  it('makes none of that unasked, but for the fence around the operator', async () => {
    const kinds = new Set((await renderChart()).map(({ kind }) => kind));
    for (const kind of ['FlowSchema', 'PriorityLevelConfiguration', 'PrometheusRule', 'PodDisruptionBudget'])
      expect(kinds).not.toContain(kind);
    expect(kinds).toContain('NetworkPolicy');
  });

  it.each([
    ['a setting that does not exist', { 'rollouts.maxConcurrent': '3' }],
    ['a rollout of less than none', { 'tenants.rollout.maxConcurrent': '-1' }],
    ['a pattern with an asterisk in the middle', { 'tenants.inherit.labels[0]': 'a*b' }],
  ])('refuses %s', async (_what, values) => {
    await expect(renderChart(values)).rejects.toThrow(/schema/);
  });
});
