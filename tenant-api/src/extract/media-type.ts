import type { FileHandle } from 'node:fs/promises';
import { extname } from 'node:path';

/** The formats that can be ingested. */
export type MediaType =
  | 'text/plain'
  | 'text/markdown'
  | 'text/html'
  | 'application/pdf'
  | 'image/png'
  | 'image/jpeg'
  | 'image/tiff'
  | 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

export type Detection = { mediaType: MediaType } | { refused: 'encrypted' | 'unsupported'; because: string };

const markdownNames = new Set(['.md', '.markdown', '.mdown']);

function startsWith(head: Buffer, bytes: string): boolean {
  return head.subarray(0, bytes.length).equals(Buffer.from(bytes, 'latin1'));
}

/** Names of a zip's entries from its central directory, as one string; that directory stands at the file's end. */
function zipEntryNames(tail: Buffer): string {
  const names: string[] = [];
  const signature = Buffer.from('PK\u0001\u0002', 'latin1');
  for (let at = tail.indexOf(signature); at >= 0 && at + 46 <= tail.length; at = tail.indexOf(signature, at + 46)) {
    const length = tail.readUInt16LE(at + 28);
    names.push(tail.toString('latin1', at + 46, at + 46 + length));
  }
  return names.join('\n');
}

function zipType(tail: Buffer): Detection {
  const names = zipEntryNames(tail);
  if (/^word\/document\d*\.xml$/mu.test(names)) return { mediaType: docx };
  return { refused: 'unsupported', because: 'a zip archive that is not a DOCX document' };
}

/** Compound files hold the old Office formats, and the encrypted form of the new ones. */
function compoundType(head: Buffer, tail: Buffer): Detection {
  const encrypted = Buffer.from('EncryptedPackage', 'utf16le');
  if (head.includes(encrypted) || tail.includes(encrypted))
    return { refused: 'encrypted', because: 'an Office document protected by a password' };
  return { refused: 'unsupported', because: 'an old Office format; save it as DOCX or PDF' };
}

const images: readonly (readonly [mark: string, mediaType: MediaType])[] = [
  ['\u0089PNG\r\n\u001A\n', 'image/png'],
  ['\u00FF\u00D8\u00FF', 'image/jpeg'],
  ['II*\u0000', 'image/tiff'],
  ['MM\u0000*', 'image/tiff'],
];

const markup = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/iu;

/** Text has no control characters but white space; UTF-16 is known by its mark. */
function looksLikeText(head: Buffer): boolean {
  if (startsWith(head, '\u00FF\u00FE') || startsWith(head, '\u00FE\u00FF')) return true;
  const control = head.filter((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27)).length;
  return control === 0;
}

function textType(head: Buffer, fileName: string): Detection {
  if (!looksLikeText(head)) return { refused: 'unsupported', because: 'not a document that Luna can read' };
  if (markup.test(head.toString('utf8'))) return { mediaType: 'text/html' };
  return { mediaType: markdownNames.has(extname(fileName).toLowerCase()) ? 'text/markdown' : 'text/plain' };
}

/**
 * Tells a file's format from its bytes; its name only decides between plain text and Markdown, which no byte tells apart.
 * `head` are the first bytes (some thousands), `tail` the last.
 */
export function detectMediaType(head: Buffer, tail: Buffer, fileName: string): Detection {
  // Readers accept up to 1 KiB of anything before a PDF's header.
  if (head.subarray(0, 1024).includes('%PDF-')) return { mediaType: 'application/pdf' };
  if (startsWith(head, 'PK\u0003\u0004')) return zipType(tail);
  const image = images.find(([mark]) => startsWith(head, mark));
  if (image) return { mediaType: image[1] };
  if (startsWith(head, '\u00D0\u00CF\u0011\u00E0')) return compoundType(head, tail);
  return textType(head, fileName);
}

const HEAD = 64 * 1024;
const TAIL = 1024 * 1024;

/** {@link detectMediaType} on an open file of `size` bytes. */
export async function detectFile(file: FileHandle, size: number, fileName: string): Promise<Detection> {
  const head = Buffer.alloc(Math.min(HEAD, size));
  await file.read(head, 0, head.length, 0);
  const tail = Buffer.alloc(Math.min(TAIL, size));
  await file.read(tail, 0, tail.length, size - tail.length);
  return detectMediaType(head, tail, fileName);
}
