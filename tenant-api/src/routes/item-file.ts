import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { LunaError } from '@luna-iems/service-kit';
import { readItem, readItemFile, type Database, type ItemFile } from '@luna-iems/tenant-db';
import { Type } from 'typebox';
import { readOriginal } from '../originals/read.ts';
import { guarded, problems } from '../schemas/common.ts';
import { ItemParams } from '../schemas/items.ts';
import type { ItemDeps } from './items.ts';

async function fileOf(db: Database, itemId: string): Promise<ItemFile> {
  const file = await readItemFile(db, itemId);
  if (file) return file;
  const [code, detail] = (await readItem(db, itemId))
    ? ['LUNA_ITEM_FILE_NOT_KEPT', 'The original file of this item is not kept, or not there yet.']
    : ['LUNA_ITEM_NOT_FOUND', 'There is no such item.'];
  throw new LunaError(code, detail, { status: 404 });
}

/** The name for old readers in ASCII, and whole for all others (RFC 6266). */
export function attachment(fileName: string): string {
  const plain = fileName.replace(/[^\u0020-\u007E]|["\\%]/gu, '_');
  const whole = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/gu,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}

/** All bytes of a file, of which the first are there: what goes wrong until then can still be told as a problem. */
async function opened(bytes: AsyncGenerator<Buffer, void, undefined>): Promise<Readable> {
  const first = await bytes.next();
  const all = async function* (): AsyncGenerator<Buffer> {
    if (first.done !== true) yield first.value;
    yield* bytes;
  };
  return Readable.from(all());
}

/** `GET /items/:id/file` */
export const itemFileRoute: FastifyPluginAsyncTypebox<ItemDeps> = async (app, { db, objects }) => {
  app.get(
    '/items/:id/file',
    {
      config: { access: 'read' },
      schema: {
        operationId: 'readItemFile',
        tags: ['items'],
        summary: 'The original file of a document, as it was uploaded',
        security: [{ apiKey: ['read'] }],
        params: ItemParams,
        response: {
          200: {
            description: 'The bytes, with the media type that they turned out to have.',
            content: { '*/*': { schema: Type.Unsafe<Readable>({ type: 'string', format: 'binary' }) } },
          },
          ...problems(400, 404, 502, 504, ...guarded),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const file = await fileOf(db, id);
      const bytes = await opened(readOriginal({ db, objects }, id, file));
      reply
        .type(file.mediaType ?? 'application/octet-stream')
        .header('content-disposition', attachment(file.fileName ?? 'document'))
        .header('etag', `"${file.sha256}"`)
        // What strangers wrote is never run in the name of this service.
        .header('x-content-type-options', 'nosniff')
        .header('content-security-policy', "sandbox; default-src 'none'");
      if (file.bytes !== null) reply.header('content-length', file.bytes);
      return reply.send(bytes);
    },
  );
};
