import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from './config.ts';

const env = {
  DATABASE_URL: 'postgres://luna_api@postgres:5432/luna',
  QDRANT_URL: 'http://qdrant:6333',
  TIKA_URL: 'http://tika:9998',
  OLLAMA_URL: 'http://ollama:11434',
  EMBEDDING_MODEL: 'all-minilm',
};

describe('readConfig', () => {
  it('fills in what is not set', () => {
    expect(readConfig({ ...env, CHAT_MODEL: '' })).toMatchObject({
      PORT: 8080,
      UPLOAD_MAX_BYTES: 104_857_600,
      ALLOW_AGGREGATES: false,
      simCronJobs: [],
    });
    expect(readConfig({ ...env, CHAT_MODEL: '' }).CHAT_MODEL).toBeUndefined();
  });
  it('reads lists and numbers', () => {
    expect(readConfig({ ...env, SIM_CRONJOBS: 'sim-meter, sim-market', EMBEDDING_DIMENSIONS: '384' })).toMatchObject({
      simCronJobs: ['sim-meter', 'sim-market'],
      EMBEDDING_DIMENSIONS: 384,
    });
  });
  it.each([
    { DATABASE_URL: 'mysql://x' },
    { PORT: 'viele' },
    { SIM_CRONJOBS: '../secrets' },
    { EMBEDDING_MODEL: '' },
    { S3_ENDPOINT: 'http://s3:9000' },
    { S3_BUCKET: 'originals' },
  ])('refuses %j', (wrong) => expect(() => readConfig({ ...env, ...wrong })).toThrow(Object.keys(wrong)[0]));
});

interface Schema {
  minimum?: number;
  maximum?: number;
  description: string;
  properties: Record<string, Schema>;
}

describe('a setting that a LunaTenant may have', () => {
  it.each([
    ['extraction', 'timeoutSeconds', 'EXTRACT_TIMEOUT_SECONDS'],
    ['vectorStore', 'reconcileSeconds', 'RECONCILE_SECONDS'],
  ] as const)('spec.%s.%s: all that the CRD admits is taken, and its default is as the CRD tells', async (...names) => {
    const [part, field, variable] = names;
    const crd = parse(await readFile(new URL('../../crds/luna-iems.io_lunatenants.yaml', import.meta.url), 'utf8')) as {
      spec: { versions: { schema: { openAPIV3Schema: Schema } }[] };
    };
    const spec = crd.spec.versions[0]?.schema.openAPIV3Schema.properties['spec'];
    const schema = spec?.properties[part]?.properties[field];
    for (const value of [schema?.minimum, schema?.maximum])
      expect(readConfig({ ...env, [variable]: String(value) })[variable]).toBe(value);
    expect(schema?.description).toContain(`${readConfig(env)[variable]} when left out`);
  });
});
