import { expect, it } from 'vitest';
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
