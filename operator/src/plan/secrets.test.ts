import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KubeResource } from '@luna-iems/kube-runtime';
import { tenantFixture } from '../testing/fixtures.ts';
import { SECRET_NAMES, contentVersion, missingSecrets, rotations, usesSecrets } from './secrets.ts';

const none = new Set<string>();
const make = (existing: ReadonlySet<string> = none): Record<string, Record<string, string>> =>
  Object.fromEntries(
    missingSecrets(tenantFixture(), existing, randomBytes).map(({ metadata, stringData }) => [
      metadata.name,
      stringData as Record<string, string>,
    ]),
  );

describe('missingSecrets', () => {
  it('makes every Secret of a new tenant, no value twice', () => {
    const secrets = make();
    expect(Object.keys(secrets)).toEqual(SECRET_NAMES);
    const values = Object.values(secrets).flatMap((data) =>
      Object.entries(data)
        .filter(([key]) => key !== 'username')
        .map(([, value]) => value),
    );
    expect(new Set(values).size).toBe(values.length);
    expect(values.every((value) => value.length >= 43)).toBe(true);
  });

  it('leaves out what exists, so that nothing is ever overwritten', () => {
    expect(Object.keys(make(new Set(['postgres-owner', 'qdrant-keys'])))).not.toContain('postgres-owner');
    expect(make(new Set(SECRET_NAMES))).toEqual({});
  });

  it('gives the first API key all scopes, in the form that the API reads', () => {
    const admin = JSON.parse(make()['tenant-api-keys']?.['admin'] ?? '') as { key: string; scopes: string[] };
    expect(admin.key).toMatch(/^luna_[A-Za-z0-9_-]{43}$/);
    expect(admin.scopes).toEqual(['ingest', 'ask', 'read', 'operate']);
  });

  it('names the database roles that the migrations make', () => {
    const secrets = make();
    const users = ['owner', 'api', 'sim', 'admin'].map((role) => secrets[`postgres-${role}`]?.['username']);
    expect(users).toEqual(['luna_owner', 'luna_api', 'luna_sim', 'luna_admin']);
  });
});

describe('a rotation', () => {
  const secret = (name: string, annotations: Record<string, string> = {}): KubeResource => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'luna-demo', resourceVersion: '7', annotations },
  });
  const asking = tenantFixture({}, { annotations: { 'luna-iems.io/rotate-secrets': 'may' } });
  const all = SECRET_NAMES.map((name) => secret(name));

  it('gives each Secret new content and its mark in one patch that holds for this version only', () => {
    const due = rotations(asking, all, randomBytes);
    expect(due.map(({ name }) => name)).toEqual([...SECRET_NAMES]);
    for (const { body } of due) {
      expect(body).toMatchObject({
        metadata: { resourceVersion: '7', annotations: { 'luna-iems.io/rotated': 'may' } },
        stringData: expect.anything() as object,
      });
    }
    expect(new Set(due.map(({ body }) => JSON.stringify(body))).size).toBe(SECRET_NAMES.length);
  });

  it('leaves out what carries the mark, what is not its own, and everything when nobody asks', () => {
    const some = [secret('postgres-api', { 'luna-iems.io/rotated': 'may' }), secret('mine'), secret('qdrant-keys')];
    expect(rotations(asking, some, randomBytes).map(({ name }) => name)).toEqual(['qdrant-keys']);
    expect(rotations(tenantFixture(), all, randomBytes)).toEqual([]);
    const emptied = tenantFixture({}, { annotations: { 'luna-iems.io/rotate-secrets': '' } });
    expect(rotations(emptied, all, randomBytes)).toEqual([]);
  });

  it('renews the operator’s API key and no other', () => {
    const keys = rotations(asking, [secret('tenant-api-keys')], randomBytes)[0]?.body as { stringData: object };
    expect(Object.keys(keys.stringData)).toEqual(['admin']);
  });

  it('is not asked of Secrets that are made under it', () => {
    const made = missingSecrets(asking, new Set(), randomBytes);
    expect(rotations(asking, made, randomBytes)).toEqual([]);
  });
});

describe('contentVersion', () => {
  const written = (entries: object[], annotations: Record<string, string> = {}): string =>
    contentVersion({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a', uid: 'u', annotations, managedFields: entries },
    });
  const content = (manager: string, time: string): object => ({
    manager,
    operation: 'Update',
    time,
    fieldsV1: { 'f:data': { 'f:password': {} } },
  });
  const labels = { manager: 'kubectl-label', operation: 'Update', time: '3', fieldsV1: { 'f:metadata': {} } };

  it('changes with who wrote content when, and with a rotation, and with nothing else', () => {
    const first = written([content('luna-operator', '1')]);
    expect(written([content('luna-operator', '1'), labels])).toBe(first);
    expect(written([content('luna-operator', '1')], { note: 'x' })).toBe(first);
    expect(written([content('luna-operator', '2')])).not.toBe(first);
    expect(written([content('luna-operator', '1'), content('kubectl-edit', '2')])).not.toBe(first);
    expect(written([content('luna-operator', '1')], { 'luna-iems.io/rotated': 'x' })).not.toBe(first);
  });

  it('marks pods only when every Secret they use is known', () => {
    expect(usesSecrets(undefined, ['a'])).toEqual({});
    expect(usesSecrets({ a: '1' }, ['a', 'b'])).toEqual({});
    expect(usesSecrets({ a: '1', b: '2' }, ['a', 'b'])).toEqual({ annotations: { 'luna-iems.io/secrets': '1-2' } });
  });
});
