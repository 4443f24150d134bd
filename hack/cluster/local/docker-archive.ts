import { createHash } from 'node:crypto';

import { ToolError } from '../../lib/errors.ts';

/** A file or symbolic link of an image. Directories above it are made as needed. */
export type ImageEntry =
  | { readonly path: string; readonly content: Buffer; readonly mode?: number }
  | { readonly path: string; readonly link: string };

/** What an image runs. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly env?: readonly string[];
}

interface Header {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly type: '0' | '2' | '5';
  readonly link?: string;
}

const block = 512;
const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

const header = ({ name, mode, size, type, link = '' }: Header): Buffer => {
  const bytes = Buffer.alloc(block);
  if (name.length > 100 || link.length > 100)
    throw new ToolError('LUNA_NAME_TOO_LONG', `"${name}" does not fit into an image archive`);
  const put = (text: string, at: number): number => bytes.write(text, at, 'latin1');
  put(name, 0);
  put(octal(mode, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(size, 12), 124);
  put(octal(0, 12), 136);
  put(' '.repeat(8), 148);
  put(type, 156);
  put(link, 157);
  put('ustar\x0000', 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
};

const padded = (content: Buffer): Buffer[] => [content, Buffer.alloc((block - (content.length % block)) % block)];
const fileParts = (name: string, content: Buffer, mode: number): Buffer[] => [
  header({ name, mode, size: content.length, type: '0' }),
  ...padded(content),
];

const parents = (path: string): string[] => {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => `${names.slice(0, index + 1).join('/')}/`);
};

/** A tar archive with these entries, owned by root, without times: equal entries give equal bytes. */
export const tar = (entries: readonly ImageEntry[]): Buffer => {
  const directories = [...new Set(entries.flatMap((entry) => parents(entry.path)))].sort();
  const made = directories.map((name) => header({ name, mode: 0o755, size: 0, type: '5' }));
  const rest = entries.flatMap((entry) =>
    'link' in entry
      ? [header({ name: entry.path, mode: 0o777, size: 0, type: '2', link: entry.link })]
      : fileParts(entry.path, entry.content, entry.mode ?? 0o755),
  );
  return Buffer.concat([...made, ...rest, Buffer.alloc(2 * block)]);
};

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** An image of one layer as the archive that `docker save` writes, under this reference. */
export const dockerArchive = (ref: string, entries: readonly ImageEntry[], config: ImageConfig): Buffer => {
  const layer = tar(entries);
  const description = JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: config.entrypoint, Env: ['PATH=/usr/bin:/bin', ...(config.env ?? [])] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
  });
  const configName = `${sha256(description)}.json`;
  const manifest = JSON.stringify([{ Config: configName, RepoTags: [ref], Layers: ['layer.tar'] }]);
  return tar([
    { path: 'manifest.json', content: Buffer.from(manifest), mode: 0o644 },
    { path: configName, content: Buffer.from(description), mode: 0o644 },
    { path: 'layer.tar', content: layer, mode: 0o644 },
  ]);
};
