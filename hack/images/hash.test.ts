import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentTag, isInput, readInputs, type HashedFile } from './hash.ts';

const file = (path: string, text: string, executable = false): HashedFile => ({
  path,
  executable,
  content: Buffer.from(text),
});

describe('contentTag', () => {
  const tag = contentTag(['a'], [file('x', '1'), file('y', '2')]);

  it('does not depend on the order of files', () => {
    expect(contentTag(['a'], [file('y', '2'), file('x', '1')])).toBe(tag);
    expect(tag).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['a part', contentTag(['b'], [file('x', '1'), file('y', '2')])],
    ['a name', contentTag(['a'], [file('z', '1'), file('y', '2')])],
    ['content', contentTag(['a'], [file('x', '1'), file('y', '3')])],
    ['the right to run', contentTag(['a'], [file('x', '1', true), file('y', '2')])],
    ['where one file ends', contentTag(['a'], [file('x', '1file y'), file('y', '')])],
  ])('differs when %s differs', (_what, other) => {
    expect(other).not.toBe(tag);
  });
});

it('leaves tests, documents and caches out of the inputs', () => {
  const inputs = ['Dockerfile', 'server/web.py', 'dist/main.js', 'dist/main.js.map'];
  const beside = ['README.md', 'x.test.ts', 'server/__pycache__/web.pyc', 'node_modules/a/b.js'];
  expect([...inputs, ...beside].filter(isInput)).toEqual(inputs);
});

describe('readInputs', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'luna-hash-'));
    await mkdir(join(folder, 'go/convert'), { recursive: true });
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch');
    await writeFile(join(folder, 'go/convert/main.go'), 'package main');
    await writeFile(join(folder, 'run.sh'), '#!/bin/sh');
    await chmod(join(folder, 'run.sh'), 0o755);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads every file with its right to run', async () => {
    const found = await readInputs(folder);
    expect(found.map(({ path, executable }) => [path, executable]).sort()).toEqual([
      ['Dockerfile', false],
      ['go/convert/main.go', false],
      ['run.sh', true],
    ]);
  });

  it('reads only what is included at the top', async () => {
    expect((await readInputs(folder, ['Dockerfile'])).map(({ path }) => path)).toEqual(['Dockerfile']);
  });
});
