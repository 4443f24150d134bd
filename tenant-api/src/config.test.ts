import { describe, expect, it } from 'vitest';
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
  it.each([{ DATABASE_URL: 'mysql://x' }, { PORT: 'viele' }, { SIM_CRONJOBS: '../secrets' }, { EMBEDDING_MODEL: '' }])(
    'refuses %j',
    (wrong) => expect(() => readConfig({ ...env, ...wrong })).toThrow(Object.keys(wrong)[0]),
  );
});
