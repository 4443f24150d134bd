import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { goModules, versions } from '../versions.ts';
import { buildFlags, buildKey, programs, programsFor } from './programs.ts';

describe('the programs that we compile', () => {
  it('have names that no two of them share', () => {
    const names = programs.flatMap((program) => program.names);
    expect(new Set(names).size).toBe(names.length);
  });

  it('are found by every name they answer to, each once', () => {
    expect(programsFor(['kubectl', 'kubelet', 'etcd']).map((program) => program.file)).toEqual(['kubernetes', 'etcd']);
  });

  it('are all but kind when nobody asks for any: kind is for machines with Docker', () => {
    expect(programsFor().map((program) => program.file)).not.toContain('kind');
    expect(programsFor(['kind'])).toHaveLength(1);
  });

  it('are refused by an unknown name, with the name', () => {
    expect(() => programsFor(['kubctl'])).toThrow(/LUNA_UNKNOWN_PROGRAM.*"kubctl"/);
  });

  it('carry the version that clients ask for', () => {
    expect(buildFlags('core').join(' ')).toContain(`version.gitVersion=${versions.kubernetes}`);
    expect(buildFlags('core').join(' ')).toContain('version.gitMinor=34');
  });
});

describe('the build key', () => {
  const sources = new Map([
    ['core/go.mod', 'module a'],
    ['core/main.go', 'package main'],
  ]);

  it('does not depend on the order in which files are found', () => {
    expect(buildKey(new Map([...sources].reverse()), 'go1')).toBe(buildKey(sources, 'go1'));
  });

  it('changes with a source, a file name and the compiler', () => {
    const key = buildKey(sources, 'go1');
    expect(buildKey(new Map([...sources, ['core/main.go', 'package main // 2']]), 'go1')).not.toBe(key);
    expect(buildKey(new Map([...sources, ['core/new.go', '']]), 'go1')).not.toBe(key);
    expect(buildKey(sources, 'go2')).not.toBe(key);
  });
});

describe('pinned versions', () => {
  it.each(Object.entries(goModules))('%s is what its go.mod requires', (name, { room, module }) => {
    const goMod = readFileSync(join(import.meta.dirname, '..', 'go', room, 'go.mod'), 'utf8');
    const required = new RegExp(`^\\s*(?:require )?${module.replaceAll('.', '\\.')} (v\\S+)`, 'm').exec(goMod)?.[1];
    expect(required).toBe(versions[name as keyof typeof versions]);
  });
});
