import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly ports?: readonly string[];
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
}

const root = join(import.meta.dirname, '..');
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
const source = await read('hack/docker-compose.dev.yml');
const { services } = parse(source, { merge: true }) as { services: Record<string, Service> };
const env = parseEnv(await read('.env.example')) as Record<string, string>;
const chart = parse(await read('charts/luna-operator/values.yaml')) as { images: Record<string, string> };

describe('the development stack', () => {
  it('takes every setting from .env.example', () => {
    const used = [...source.matchAll(/(?<!\$)\$\{(\w+)/g)].map((match) => match[1] ?? '');
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((name) => !(name in env))).toEqual([]);
  });

  it.each([
    ['TIMESCALEDB_IMAGE', 'timescaledb'],
    ['QDRANT_IMAGE', 'qdrant'],
    ['TIKA_IMAGE', 'tika'],
    ['OLLAMA_IMAGE', 'ollama'],
  ])('runs the same %s as a cluster', (setting, image) => {
    expect(chart.images[image]).toBe(`docker.io/${env[setting]}`);
  });

  it('binds its ports to the loopback interface, each to one of its own', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBe(5);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{(\w+):\?\}:\d+$/);
    const numbers = ['POSTGRES_PORT', 'QDRANT_PORT', 'TIKA_PORT', 'OLLAMA_PORT', 'API_PORT'].map((name) => env[name]);
    expect(new Set(numbers).size).toBe(5);
  });

  it('names the same ports in the URLs for processes on this machine', () => {
    expect([env['DATABASE_URL'], env['QDRANT_URL'], env['TIKA_URL'], env['OLLAMA_URL'], env['LUNA_URL']]).toEqual([
      `postgres://luna_api@127.0.0.1:${env['POSTGRES_PORT']}/luna`,
      `http://127.0.0.1:${env['QDRANT_PORT']}`,
      `http://127.0.0.1:${env['TIKA_PORT']}`,
      `http://127.0.0.1:${env['OLLAMA_PORT']}`,
      `http://127.0.0.1:${env['API_PORT']}`,
    ]);
    expect(env['PORT']).toBe(env['API_PORT']);
    expect(env['PGPASSWORD']).toBe(env['LUNA_API_PASSWORD']);
  });

  it('waits for health where a service is waited for, and for the end of what runs once', () => {
    for (const service of Object.values(services))
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {}))
        expect([name, condition]).toEqual([
          name,
          services[name]?.healthcheck === undefined ? 'service_completed_successfully' : 'service_healthy',
        ]);
    expect(Object.keys(services['api']?.depends_on ?? {}).sort()).toEqual(
      ['migrate', 'models', 'ollama', 'postgres', 'qdrant', 'tika'].sort(),
    );
  });

  it('has passwords that the migration takes', () => {
    for (const name of ['LUNA_API_PASSWORD', 'LUNA_SIM_PASSWORD', 'LUNA_ADMIN_PASSWORD'])
      expect(env[name]).toMatch(/^[!-~]{16,}$/);
  });

  it('has a key that the API takes, and aggregation switched off', () => {
    expect(env['LUNA_API_KEY']).toMatch(/^luna_[\w-]{43}$/);
    expect(env['ALLOW_AGGREGATES']).toBe('false');
  });
});
