import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LunaError } from '@luna-iems/service-kit';
import { FILE_PART_BYTES, createIngestJob, writeFilePart, type Database, type IngestJob } from '@luna-iems/tenant-db';
import { imageSize } from '../extract/image-size.ts';
import { detectFile, type MediaType } from '../extract/media-type.ts';

/** An uploaded file on disk, and what its bytes say. */
export interface ReceivedFile {
  path: string;
  fileName: string;
  sha256: string;
  bytes: number;
}

/** What the uploader says of the document. */
export interface UploadFields {
  source?: string;
  title?: string;
  tags: string[];
  language?: string;
}

function tooLarge(maxBytes: number): LunaError {
  return new LunaError('LUNA_UPLOAD_TOO_LARGE', `The file is larger than ${maxBytes} bytes.`, {
    status: 413,
    details: { maxBytes },
  });
}

/** Streams an upload to disk, counting and hashing. Leaves nothing behind when it throws (`LUNA_UPLOAD_TOO_LARGE`). */
export async function receiveFile(
  stream: Readable & { truncated?: boolean },
  options: { dir: string; maxBytes: number; fileName: string },
): Promise<ReceivedFile> {
  const path = join(options.dir, `luna-upload-${randomUUID()}`);
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      bytes += piece.length;
      hash.update(piece);
      yield piece;
    }
  };
  try {
    await pipeline(stream, measure, createWriteStream(path, { mode: 0o600 }));
    // The parser ends a file at the limit as if it were complete, and says so here.
    if (stream.truncated === true || bytes > options.maxBytes) throw tooLarge(options.maxBytes);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { path, bytes, sha256: hash.digest('hex'), fileName: basename(options.fileName).slice(0, 255) || 'document' };
}

/** Recognition holds a picture in memory several times over. */
const MOST_PIXELS = 100_000_000;
const HEAD_BYTES = 64 * 1024;

async function checkPicture(handle: FileHandle, mediaType: MediaType): Promise<void> {
  const head = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  const size = imageSize(head.subarray(0, bytesRead), mediaType);
  if (size && size.width * size.height > MOST_PIXELS) {
    throw new LunaError('LUNA_DOCUMENT_TOO_LARGE', `The picture has more than ${MOST_PIXELS} pixels.`, { status: 422 });
  }
}

/** Decides by the bytes whether the file can be ingested. Throws `LUNA_UPLOAD_EMPTY` (422), `LUNA_DOCUMENT_ENCRYPTED` (422), `LUNA_DOCUMENT_TOO_LARGE` (422) and `LUNA_UPLOAD_TYPE` (415). */
export async function inspectFile(file: ReceivedFile): Promise<MediaType> {
  if (file.bytes === 0) throw new LunaError('LUNA_UPLOAD_EMPTY', 'The file is empty.', { status: 422 });
  const handle = await open(file.path);
  try {
    const detected = await detectFile(handle, file.bytes, file.fileName);
    if ('mediaType' in detected) {
      await checkPicture(handle, detected.mediaType);
      return detected.mediaType;
    }
    if (detected.refused === 'encrypted') {
      throw new LunaError(
        'LUNA_DOCUMENT_ENCRYPTED',
        `The file is ${detected.because}. Remove the protection and upload it again.`,
        { status: 422 },
      );
    }
    throw new LunaError(
      'LUNA_UPLOAD_TYPE',
      `The file is ${detected.because}. Luna takes TXT, Markdown, HTML, PDF, DOCX, PNG, JPEG and TIFF.`,
      { status: 415 },
    );
  } finally {
    await handle.close();
  }
}

/** Queues the file: job and bytes in one transaction, so that a job without its file, or the reverse, cannot be. */
export async function enqueueFile(
  db: Database,
  file: ReceivedFile,
  mediaType: MediaType,
  fields: UploadFields,
): Promise<IngestJob> {
  return db.transaction(async (tx) => {
    const job = await createIngestJob(tx, {
      source: fields.source ?? file.fileName,
      sha256: file.sha256,
      fileName: file.fileName,
      bytes: file.bytes,
      mediaType,
      title: fields.title,
      tags: fields.tags,
      language: fields.language,
    });
    const handle = await open(file.path);
    try {
      const part = Buffer.alloc(Math.min(FILE_PART_BYTES, file.bytes));
      for (let index = 0, at = 0; at < file.bytes; index += 1) {
        const { bytesRead } = await handle.read(part, 0, part.length, at);
        if (bytesRead === 0) break;
        await writeFilePart(tx, job.jobId, index, part.subarray(0, bytesRead));
        at += bytesRead;
      }
    } finally {
      await handle.close();
    }
    return job;
  });
}
