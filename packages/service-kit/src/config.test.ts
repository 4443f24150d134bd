import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { loadEnv, loadYamlFile, parseYamlConfig, splitList } from './config.ts';
import { LunaError } from './errors.ts';

const Env = Type.Object({
  PORT: Type.Integer({ minimum: 1, maximum: 65535, default: 8080, description: 'The port to listen on.' }),
  TIKA_URL: Type.String({ format: 'uri', description: 'Where Tika listens, for example http://tika:9998.' }),
  CHAT_MODEL: Type.Optional(Type.String()),
  ALLOW: Type.Boolean({ default: false }),
  LEVEL: Type.Union([Type.Literal('info'), Type.Literal('debug')], {
    default: 'info',
    description: 'How much is logged.',
  }),
  DB_PASSWORD: Type.Optional(Type.String({ minLength: 16 })),
});

function problemsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(LunaError);
    expect(error).toMatchObject({ code: 'LUNA_CONFIG' });
    return (error as LunaError).details?.['problems'] as string[];
  }
  throw new Error('it was accepted');
}

test('values are converted, defaults filled in, empty means unset, foreign variables are ignored', () => {
  const env = { PORT: '9090', TIKA_URL: 'http://tika:9998', CHAT_MODEL: '', ALLOW: 'true', HOME: '/root' };
  expect(loadEnv(Env, env)).toEqual({ PORT: 9090, TIKA_URL: 'http://tika:9998', ALLOW: true, LEVEL: 'info' });
});

test('every wrong variable is named at once, with what helps', () => {
  const problems = problemsOf(() => loadEnv(Env, { PORT: 'eighty', LEVEL: 'loud', ALLOW: 'yes' }));
  expect(problems).toEqual(
    expect.arrayContaining([
      'TIKA_URL is missing. Where Tika listens, for example http://tika:9998.',
      'PORT must be integer (it is "eighty"). The port to listen on.',
      'LEVEL must be one of info, debug (it is "loud"). How much is logged.',
      'ALLOW must be boolean (it is "yes")',
    ]),
  );
  expect(problems).toHaveLength(4);
});

test('a wrong secret is not repeated', () => {
  const problems = problemsOf(() => loadEnv(Env, { TIKA_URL: 'http://tika:9998', DB_PASSWORD: 'hunter2' }));
  expect(problems).toEqual(['DB_PASSWORD must NOT have fewer than 16 characters (it is not shown)']);
});

const File = Type.Object(
  {
    seed: Type.Integer({ default: 1 }),
    meters: Type.Array(
      Type.Object({ name: Type.String(), count: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
      {
        default: [],
      },
    ),
  },
  { additionalProperties: false },
);

test('a YAML text is checked with paths, and unknown fields are named with the known ones', () => {
  expect(parseYamlConfig(File, '')).toEqual({ seed: 1, meters: [] });
  const problems = problemsOf(() => parseYamlConfig(File, 'sead: 2\nmeters: [{name: a, count: 0}, {count: 1}]'));
  expect(problems).toEqual(
    expect.arrayContaining([
      'sead is not known; known here: seed, meters',
      'meters[0].count must be >= 1 (it is 0)',
      'meters[1].name is missing',
    ]),
  );
});

test('numbers in YAML are not made out of words', () => {
  expect(problemsOf(() => parseYamlConfig(File, 'seed: "2"'))).toEqual(['seed must be integer (it is "2")']);
});

test('broken YAML names the line', () => {
  expect(problemsOf(() => parseYamlConfig(File, 'seed: 1\nmeters: [', { name: 'sim.yml' }))[0]).toMatch(/line 2/);
});

test('a file that is not there is a sentence, one that is there is read', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'luna-config-'));
  try {
    await expect(loadYamlFile(File, join(dir, 'none.yml'))).rejects.toMatchObject({ code: 'LUNA_CONFIG' });
    await writeFile(join(dir, 'sim.yml'), 'seed: 7');
    await expect(loadYamlFile(File, join(dir, 'sim.yml'))).resolves.toEqual({ seed: 7, meters: [] });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('lists', () => {
  expect(splitList(' sim-meter, sim-market,,')).toEqual(['sim-meter', 'sim-market']);
  expect(splitList(undefined)).toEqual([]);
});
