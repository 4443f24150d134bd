import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parseBlocks } from './blocks.ts';
import { manifest } from './manifest.ts';
import { renderSample } from './render.ts';

const root = join(import.meta.dirname, '..', '..');
const committed = (path: string): Promise<Buffer> => readFile(join(root, path));
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const blocksOf = async (source: string) =>
  parseBlocks(await readFile(join(import.meta.dirname, 'sources', source), 'utf8'));

describe('sample documents', () => {
  it.each(manifest.filter((entry) => entry.format !== 'encrypted'))(
    '$output is what the generator writes',
    async (entry) => {
      const rendered = await renderSample(entry, await blocksOf(entry.source));
      expect(digest(rendered)).toBe(digest(await committed(entry.output)));
    },
  );

  it('has the scan without a font, so without a text layer, and the others with one', async () => {
    const fonts = async (path: string): Promise<boolean> => (await committed(path)).includes('/Type /Font');
    const [scan, text] = ['scan', 'pdf'].map(
      (format) => manifest.find((entry) => entry.format === format)?.output ?? '',
    );
    expect(await fonts(scan ?? '')).toBe(false);
    expect(await fonts(text ?? '')).toBe(true);
  });

  it('has an encrypted fixture that asks for a password', async () => {
    expect((await committed('e2e/fixtures/encrypted.pdf')).includes('/Encrypt')).toBe(true);
  });

  it('has a Word document whose parts are all there', async () => {
    const parts = unzipSync(await committed('docs/samples/stromliefervertrag-muster-agb.docx'));
    const text = Buffer.from(parts['word/document.xml'] ?? []).toString('utf8');
    expect(text).toContain('<w:pStyle w:val="Heading1"/>');
    expect(text).toContain('Sonderkündigungsrecht');
    expect(text.match(/<w:numId w:val="3"\/>/g)?.length).toBeGreaterThan(1);
  });

  it('stays small enough to be cloned by everybody', async () => {
    const folder = join(root, 'docs/samples');
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
    expect(sizes.length).toBeGreaterThanOrEqual(17);
    expect(sizes.reduce((total, size) => total + size, 0)).toBeLessThan(3 * 1024 * 1024);
  });
});
