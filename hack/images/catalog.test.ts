import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { artifactTag } from './artifact-cache.ts';
import { catalog, standInNames, withBases } from './catalog.ts';
import { repository } from './paths.ts';

const made = (cpuinfo: string, ownBase = true): ReturnType<typeof catalog> =>
  catalog({ cpuinfo, ownBase, artifactFolder: () => Promise.reject(new Error('makes nothing here')) });

describe('catalog', () => {
  const images = made('');

  it('builds bases before what stands on them, each once', () => {
    const order = withBases(['models', 'operator', 'tika', 'models'], images).map(({ name }) => name);
    expect(order).toEqual(['debian', 'busybox', 'models', 'node', 'operator', 'tika']);
    const large = withBases(['models-large'], images).map(({ name }) => name);
    expect(large).toEqual(['debian', 'busybox', 'models', 'models-large']);
  });

  it('lets workloads stand on the base that they name where one can be pulled', () => {
    expect(withBases(['operator'], made('', false)).map(({ name }) => name)).toEqual(['operator']);
  });

  it('keys Ollama, and nothing else, by the processor', () => {
    const fast = made('flags : avx2 bmi1 bmi2 f16c fma movbe abm sse4_2\n');
    const tag = (from: typeof images, name: (typeof standInNames)[number]): string =>
      artifactTag(from.get(name)?.artifact ?? { key: [] });
    expect(standInNames.filter((name) => tag(images, name) !== tag(fast, name))).toEqual(['ollama']);
  });
});

it('says in every Dockerfile that it is a stand-in, or the base of one', async () => {
  for (const name of standInNames) {
    const text = await readFile(join(repository, 'hack/images', name, 'Dockerfile'), 'utf8');
    expect(text.split('\n', 3).join(' '), name).toMatch(/stand-in|where no registry|without a model registry/i);
  }
});
