import type { Block } from './blocks.ts';
import { renderDocx } from './docx.ts';
import { renderHtml } from './html.ts';
import type { SampleEntry } from './manifest.ts';
import { renderPdf } from './pdf.ts';
import { renderScan } from './scan.ts';

/** The bytes of one sample. All formats but `encrypted`, whose key is random by nature, give the same bytes every time. */
export async function renderSample(entry: SampleEntry, blocks: readonly Block[]): Promise<Uint8Array> {
  switch (entry.format) {
    case 'html':
      return new TextEncoder().encode(renderHtml(blocks, entry.language));
    case 'docx':
      return renderDocx(blocks, entry.language);
    case 'pdf':
      return renderPdf(blocks, { language: entry.language });
    case 'encrypted':
      return renderPdf(blocks, { language: entry.language, userPassword: 'luna-sample' });
    case 'scan':
      return renderScan(blocks);
  }
}
