import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const guides = (await readdir(join(root, 'docs'), { recursive: true }))
  .filter((path) => path.endsWith('.md') && !path.startsWith('samples'))
  .map((path) => join('docs', path));
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...guides];
const makefile = await readFile(join(root, 'Makefile'), 'utf8');

describe.each(pages)('%s', (page) => {
  it('links to files that exist', async () => {
    const text = await readFile(join(root, page), 'utf8');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
    const local = links.filter((link) => !/^https?:/.test(link)).map((link) => link.replace(/#.*$/, ''));
    expect(local.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });

  it('names make targets, files and folders that exist', async () => {
    const text = await readFile(join(root, page), 'utf8');
    const commands = [...text.matchAll(/(?:^\s*(?:\$ )?|`|&& )make (?:-s )?([a-z][a-z-]*)/gm)].map(
      (match) => match[1] ?? '',
    );
    const targets = commands.filter((name) => name !== 'it');
    expect(targets.filter((name) => !new RegExp(`^${name}:`, 'm').test(makefile))).toEqual([]);
    const paths = [...text.matchAll(/\b((?:hack|config|docs|charts|crds)\/[\w./-]*\w)/g)].map(
      (match) => match[1] ?? '',
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
