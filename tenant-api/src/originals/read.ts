import { LunaError } from '@luna-iems/service-kit';
import { readFileParts, readItemFile, type Database, type ItemFile } from '@luna-iems/tenant-db';
import type { ObjectStore } from './s3.ts';

export interface ReadDeps {
  db: Database;
  /** Undefined where no object store is known. */
  objects: ObjectStore | undefined;
}

async function* fromObject(
  objects: ObjectStore | undefined,
  key: string,
  from: number,
): AsyncGenerator<Buffer, void, undefined> {
  if (objects === undefined) {
    throw new LunaError(
      'LUNA_OBJECT_STORE_OFF',
      'The file lies in an object store that this service has no settings for any more.',
      { status: 503 },
    );
  }
  yield* (await objects.get(key, from)) as AsyncIterable<Buffer>;
}

async function* fromParts({ db, objects }: ReadDeps, itemId: string, file: ItemFile): AsyncGenerator<Buffer> {
  let sent = 0;
  if (file.jobId !== null) {
    for await (const part of readFileParts(db, file.jobId)) {
      sent += part.length;
      yield part;
    }
  }
  // The parts may have gone to the object store while they were read: what is missing is there.
  const now = sent === file.bytes ? undefined : await readItemFile(db, itemId);
  if (typeof now?.objectKey === 'string' && now.sha256 === file.sha256) yield* fromObject(objects, now.objectKey, sent);
}

/**
 * The file's bytes, from wherever they lie. Throws `LUNA_ITEM_FILE_REPLACED` when a part is gone because the version was replaced
 * meanwhile: the caller sees the download break, never half a file.
 */
export async function* readOriginal(
  deps: ReadDeps,
  itemId: string,
  file: ItemFile,
): AsyncGenerator<Buffer, void, undefined> {
  let sent = 0;
  for await (const piece of fromParts(deps, itemId, file)) {
    sent += piece.length;
    yield piece;
  }
  if (file.bytes !== null && sent !== file.bytes)
    throw new LunaError('LUNA_ITEM_FILE_REPLACED', 'The file was replaced or deleted while it was read.');
}
