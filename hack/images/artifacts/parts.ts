import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ToolError } from '../../lib/errors.ts';

/** Writes the files one behind the other to `target`. Throws when what they make has another hash (SHA-256, hexadecimal) than expected. */
export async function joinParts(parts: readonly string[], target: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  const whole = async function* (): AsyncGenerator<Buffer> {
    for (const part of parts)
      for await (const bytes of createReadStream(part) as AsyncIterable<Buffer>) {
        hash.update(bytes);
        yield bytes;
      }
  };
  await pipeline(whole, createWriteStream(target));
  const found = hash.digest('hex');
  if (found !== expected)
    throw new ToolError('LUNA_MODEL_PARTS', `the parts of ${target} make ${found}, and ${expected} was expected`);
}
