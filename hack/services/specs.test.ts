import { describe, expect, it } from 'vitest';
import { serviceEnv, serviceSpec } from './specs.ts';
import { serviceNames } from './types.ts';

const secrets = { postgres: 'p', qdrant: 'q', qdrantReadOnly: 'r', objectStore: 'o' };

describe('serviceSpec', () => {
  it.each(serviceNames)('%s runs as a user of its own, listens on loopback only, and may write to /tmp', (name) => {
    const spec = serviceSpec(name, 12345, secrets);
    const said = [...spec.args, ...Object.values(spec.env)].join(' ');
    expect(spec.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(said).toContain('127.0.0.1');
    expect(said).toContain('12345');
    expect(spec.scratch).toContain('/tmp');
  });

  it('keeps the data of what has data', () => {
    const kept = serviceNames.filter((name) => serviceSpec(name, 1, secrets).volumes.length > 0);
    expect(kept).toEqual(['timescaledb', 'qdrant', 'ollama', 'object-store']);
  });
});

it('names only the services that were started', () => {
  expect(serviceEnv({ qdrant: 7 }, secrets)).toEqual({
    QDRANT_URL: 'http://127.0.0.1:7',
    QDRANT_API_KEY: 'q',
    QDRANT_READ_ONLY_API_KEY: 'r',
  });
  const { DATABASE_URL = '' } = serviceEnv({ timescaledb: 8 }, secrets);
  expect(new URL(DATABASE_URL)).toMatchObject({ username: 'luna_owner', password: 'p', port: '8', pathname: '/luna' });
});
