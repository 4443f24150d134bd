import { describe, expect, it } from 'vitest';
import { handedOver, ownedFields } from './ownership.ts';
import type { KubeObject, ManagedFieldsEntry } from './types.ts';

const entry = (manager: string, operation: string, fieldsV1: object, more: object = {}): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsV1: fieldsV1 as Record<string, unknown>,
  ...more,
});
const live = (...managedFields: ManagedFieldsEntry[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', managedFields },
});

describe('ownedFields', () => {
  const [created, applied] = [entry('us', 'Update', { 'f:a': {} }), entry('us', 'Apply', { 'f:b': {} })];

  it('are those of the apply, and of the creation before there was any', () => {
    expect(ownedFields(live(created), 'us')).toEqual({ 'f:a': {} });
    expect(ownedFields(live(created, applied), 'us')).toEqual({ 'f:b': {} });
  });

  it('are none when only others, or a subresource, have an entry, and unknown without entries', () => {
    const status = entry('us', 'Update', { 'f:status': {} }, { subresource: 'status' });
    expect(ownedFields(live(entry('them', 'Apply', { 'f:a': {} }), status), 'us')).toEqual({ none: {} });
    expect(ownedFields({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }, 'us')).toBeUndefined();
  });
});

describe('handedOver', () => {
  it('makes the creation an apply', () => {
    const theirs = entry('them', 'Update', { 'f:c': {} });
    const status = entry('us', 'Update', { 'f:status': {} }, { subresource: 'status' });
    const created = entry('us', 'Update', { 'f:data': { '.': {}, 'f:a': {} } });
    expect(handedOver([created, theirs, status], 'us')).toEqual([
      theirs,
      status,
      entry('us', 'Apply', { 'f:data': { '.': {}, 'f:a': {} } }),
    ]);
  });

  it('joins it with an apply that is there, and loses no field that is owned as a whole', () => {
    const created = entry('us', 'Update', { 'f:spec': { 'f:map': {}, 'f:both': {}, 'f:old': {} } });
    const applied = entry('us', 'Apply', { 'f:spec': { 'f:map': { 'f:key': {} }, 'f:both': {}, 'f:new': {} } });
    expect(handedOver([created, applied], 'us')).toEqual([
      entry('us', 'Apply', {
        'f:spec': { 'f:map': { '.': {}, 'f:key': {} }, 'f:both': {}, 'f:old': {}, 'f:new': {} },
      }),
    ]);
  });
});
