import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tenantFixture } from '../testing/fixtures.ts';
import { SECRET_NAMES, missingSecrets } from './secrets.ts';

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
