import { describe, expect, it } from 'vitest';
import { createFieldPool } from './field-pool.ts';
import type { KubeObject } from './types.ts';

const object = (name: string, key = 'f:data'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, managedFields: [{ manager: 'm', operation: 'Apply', fieldsV1: { [key]: { 'f:a': {} } } }] },
});
const treeOf = ({ metadata }: KubeObject): unknown => metadata.managedFields?.[0]?.fieldsV1;

it('gives equal trees to one owner, and leaves different ones apart', () => {
  const pool = createFieldPool();
  const [one, same, other] = [object('one'), object('same'), object('other', 'f:binaryData')];
  for (const each of [one, same, other]) pool.share(each);
  expect(treeOf(same)).toBe(treeOf(one));
  expect(treeOf(other)).toEqual({ 'f:binaryData': { 'f:a': {} } });
  expect(same).toEqual(object('same'));
});

describe('shares what is equal in what objects hold', () => {
  const env = [{ name: 'A', value: 'the same for every tenant, and long enough' }];
  const deployment = (tenant: string, image = 'luna/api:1'): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'api', namespace: tenant, labels: { app: 'api', 'example.io/part-of': 'luna' } },
    spec: {
      template: {
        metadata: { labels: { tenant, app: 'api', component: 'something' } },
        spec: { containers: [{ name: 'api', image, env: structuredClone(env) }] },
      },
    },
    status: { conditions: [{ type: 'Available', status: 'True', message: 'enough replicas are there' }] },
  });
  const containersOf = (object: KubeObject): unknown[] =>
    (object['spec'] as { template: { spec: { containers: unknown[] } } }).template.spec.containers;

  it('and nothing that differs', () => {
    const pool = createFieldPool();
    const all = [deployment('a'), deployment('b'), deployment('c', 'luna/api:2')];
    for (const each of all) pool.share(each);
    expect(all).toEqual([deployment('a'), deployment('b'), deployment('c', 'luna/api:2')]);
    const [a, b, c] = all.map(containersOf);
    expect(b).toBe(a);
    expect(c).not.toBe(a);
    expect(all[1]?.metadata.labels).toBe(all[0]?.metadata.labels);
  });

  it('but the status, which is each one’s own', () => {
    const pool = createFieldPool();
    const [a, b] = [deployment('a'), deployment('b')];
    for (const each of [a, b]) pool.share(each);
    expect(b['status']).not.toBe(a['status']);
  });
});

it('holds managedFields once where nothing in them is an object’s own', () => {
  const pool = createFieldPool();
  const timed = (name: string): KubeObject => {
    const { metadata, ...rest } = object(name);
    const managedFields = metadata.managedFields?.map((entry) => ({ ...entry, time: '2026-01-01T00:00:00Z' })) ?? [];
    return { ...rest, metadata: { ...metadata, managedFields } };
  };
  const [one, same, early, late] = [object('one'), object('same'), timed('early'), timed('late')];
  for (const each of [one, same, early, late]) pool.share(each);
  expect(same.metadata.managedFields).toBe(one.metadata.managedFields);
  expect(late.metadata.managedFields).not.toBe(early.metadata.managedFields);
  expect(treeOf(late)).toBe(treeOf(early));
});

it('does not keep trees without end', () => {
  const pool = createFieldPool();
  const first = object('first');
  pool.share(first);
  for (let i = 0; i < 1000; i += 1) pool.share(object('x', `f:${i}`));
  const late = object('late');
  pool.share(late);
  expect(treeOf(late)).not.toBe(treeOf(first));
  expect(treeOf(late)).toEqual(treeOf(first));
});

it('leaves objects without managed fields alone', () => {
  const bare: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bare' } };
  createFieldPool().share(bare);
  expect(bare).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bare' } });
});
