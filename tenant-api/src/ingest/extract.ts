import { LunaError } from '@luna-iems/service-kit';
import type { ExtractedDocument } from '../extract/blocks.ts';
import { decodeText } from '../extract/decode.ts';
import { markdownBlocks } from '../extract/markdown-blocks.ts';
import type { MediaType } from '../extract/media-type.ts';
import { plainBlocks } from '../extract/plain-blocks.ts';
import type { ExtractOptions, Tika } from '../extract/tika.ts';

export interface ExtractDeps {
  tika: Tika;
}

/** A text file's characters all stay in memory at once, so its size has a limit of its own. */
const TEXT_LIMIT = 32 * 1024 * 1024;

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (size > TEXT_LIMIT) {
      throw new LunaError('LUNA_DOCUMENT_TOO_LARGE', `A text file may have at most ${TEXT_LIMIT} bytes.`, {
        status: 422,
      });
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The blocks of a file: plain text and Markdown here, everything else through Tika. */
export async function extractDocument(
  deps: ExtractDeps,
  file: { bytes: () => AsyncIterable<Uint8Array>; mediaType: MediaType },
  options: ExtractOptions = {},
): Promise<ExtractedDocument> {
  const { bytes, mediaType } = file;
  if (mediaType === 'text/plain') return { blocks: plainBlocks(decodeText(await readAll(bytes()))) };
  if (mediaType === 'text/markdown') return { blocks: markdownBlocks(decodeText(await readAll(bytes()))) };
  return deps.tika.extract(bytes, mediaType, options);
}
