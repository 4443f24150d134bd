import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A file's share in a content hash: its path inside the image's folder, whether it can run, its bytes. */
export type HashedFile = { readonly path: string; readonly executable: boolean; readonly content: Uint8Array };

const tagLength = 16;

/** Hex tag of an image's inputs: equal exactly when files and parts are, in whatever order the files come. */
export function contentTag(parts: readonly string[], files: readonly HashedFile[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`part ${Buffer.byteLength(part)}\n${part}\n`);
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of sorted) {
    hash.update(`file ${file.path} ${file.executable ? 'x' : '-'} ${file.content.byteLength}\n`);
    hash.update(file.content);
  }
  return hash.digest('hex').slice(0, tagLength);
}

/** Leaves out what is beside an image's inputs without being one: tests, documents, caches. */
export function isInput(path: string): boolean {
  return !/(\.test\.ts|\.md|\.pyc)$/.test(path) && !/(^|\/)(__pycache__|node_modules|\.git)(\/|$)/.test(path);
}

/** Reads every input below `folder`, restricted to `include` at its top level. */
export async function readInputs(folder: string, include?: readonly string[]): Promise<HashedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => relativePath(folder, entry));
  const wanted = paths.filter(
    (path) => isInput(path) && (include === undefined || include.includes(path.split('/')[0] ?? '')),
  );
  return Promise.all(wanted.map((path) => readInput(folder, path)));
}

async function readInput(folder: string, path: string): Promise<HashedFile> {
  const full = join(folder, path);
  const stat = await lstat(full);
  const content = stat.isSymbolicLink() ? Buffer.from(await readlink(full)) : await readFile(full);
  return { path, executable: (stat.mode & 0o111) !== 0, content };
}

function relativePath(folder: string, entry: Dirent): string {
  return join(entry.parentPath, entry.name).slice(folder.length + 1);
}
