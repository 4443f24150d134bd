import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { dockerArchive, tar, type ImageEntry } from './docker-archive.ts';

const entries: readonly ImageEntry[] = [
  { path: 'usr/bin/hello', content: Buffer.from('#!/bin/sh\necho hello\n') },
  { path: 'usr/bin/hi', link: 'hello' },
  { path: 'empty', content: Buffer.alloc(0), mode: 0o600 },
];
const untar = (archive: Buffer, ...args: string[]): string => execFileSync('tar', args, { input: archive }).toString();

describe('a tar archive', () => {
  it('is what tar itself reads, with directories, modes and links', () => {
    const listing = untar(tar(entries), '-tvf', '-')
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' '));
    expect(listing.some((line) => line.startsWith('drwxr-xr-x') && line.endsWith(' usr/bin/'))).toBe(true);
    expect(listing.some((line) => line.startsWith('-rwxr-xr-x') && line.endsWith(' usr/bin/hello'))).toBe(true);
    expect(listing.some((line) => line.startsWith('l') && line.endsWith(' usr/bin/hi -> hello'))).toBe(true);
    expect(listing.some((line) => line.startsWith('-rw-------') && line.endsWith(' empty'))).toBe(true);
    expect(untar(tar(entries), '-xOf', '-', 'usr/bin/hello')).toBe('#!/bin/sh\necho hello\n');
  });

  it('refuses a name that would be cut off', () => {
    expect(() => tar([{ path: 'x'.repeat(101), content: Buffer.alloc(0) }])).toThrow(/LUNA_NAME_TOO_LONG/);
  });
});

describe('an image archive', () => {
  const archive = dockerArchive('localhost/test:1', entries, { entrypoint: ['/usr/bin/hello'] });

  it('has one layer, whose digest its configuration tells', () => {
    const [image] = JSON.parse(untar(archive, '-xOf', '-', 'manifest.json')) as {
      Config: string;
      RepoTags: string[];
    }[];
    const config = JSON.parse(untar(archive, '-xOf', '-', image?.Config ?? '')) as { rootfs: { diff_ids: string[] } };
    const digest = createHash('sha256').update(tar(entries)).digest('hex');
    expect(image?.RepoTags).toEqual(['localhost/test:1']);
    expect(config.rootfs.diff_ids).toEqual([`sha256:${digest}`]);
  });

  it('is the same bytes for the same content', () => {
    expect(dockerArchive('localhost/test:1', entries, { entrypoint: ['/usr/bin/hello'] }).equals(archive)).toBe(true);
  });
});
