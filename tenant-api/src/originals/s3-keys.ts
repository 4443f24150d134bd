import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LunaError, type Clock } from '@luna-iems/service-kit';

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** How long a read is good for: a changed Secret is in force after that. */
const FRESH_MS = 5_000;

/** The files `access-key` and `secret-key` of a mounted Secret, read again when the last read is over five seconds old. */
export function createS3Keys({ dir, clock }: { dir: string; clock: Clock }): () => Promise<S3Keys> {
  let keys: S3Keys | undefined;
  let readAt = -Infinity;
  const read = async (name: string): Promise<string> => (await readFile(join(dir, name), 'utf8')).trim();
  return async () => {
    if (keys !== undefined && clock.monotonicMs() - readAt <= FRESH_MS) return keys;
    try {
      keys = { accessKeyId: await read('access-key'), secretAccessKey: await read('secret-key') };
    } catch (cause) {
      throw new LunaError(
        'LUNA_OBJECT_STORE_KEYS',
        'the Secret of the object store is not there, or lacks access-key or secret-key',
        { status: 503, cause },
      );
    }
    readAt = clock.monotonicMs();
    return keys;
  };
}
