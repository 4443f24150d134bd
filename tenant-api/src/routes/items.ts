import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { LunaError, errorMessage, type Logger } from '@luna-iems/service-kit';
import {
  appendAudit,
  countDeadOriginals,
  deleteItem,
  listItems,
  readItem,
  type Database,
  type Item,
} from '@luna-iems/tenant-db';
import { removeDead } from '../originals/move.ts';
import type { ObjectStore } from '../originals/s3.ts';
import { guarded, problems, ref } from '../schemas/common.ts';
import { DeletedItem, ItemParams, ItemSchema, ItemsPage, ItemsQuery } from '../schemas/items.ts';
import type { VectorIndex } from '../search/vector-index.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { isoTimes } from './iso-times.ts';

export interface ItemDeps {
  db: Database;
  index: VectorIndex;
  /** Where original files may lie; undefined where no object store is known. */
  objects: ObjectStore | undefined;
  log: Logger;
  countOriginals: (what: 'moved' | 'removed' | 'failed') => void;
}

function notFound(): LunaError {
  return new LunaError('LUNA_ITEM_NOT_FOUND', 'There is no such item.', { status: 404 });
}

async function existing(db: Database, id: string): Promise<Item> {
  const item = await readItem(db, id);
  if (!item) throw notFound();
  return item;
}

/** Removes the file's objects now; those of an object store that is away go later. Gives how many are left. */
async function removeFile({ db, objects, log, countOriginals }: ItemDeps, itemId: string): Promise<number> {
  if (objects !== undefined) {
    await removeDead({ db, objects, count: countOriginals }, itemId).catch((error: unknown) => {
      log.warn({ itemId, reason: errorMessage(error) }, 'the file will be removed from the object store later');
    });
  }
  return countDeadOriginals(db, itemId);
}

/** `GET /items`, `GET /items/:id`, `DELETE /items/:id`; the file is in item-file.ts */
export const itemRoutes: FastifyPluginAsyncTypebox<ItemDeps> = async (app, deps) => {
  const { db, index } = deps;
  app.get(
    '/items',
    {
      config: { access: 'read' },
      schema: {
        operationId: 'listItems',
        tags: ['items'],
        summary: 'Documents, newest first',
        security: [{ apiKey: ['read'] }],
        querystring: ItemsQuery,
        response: { 200: ItemsPage, ...problems(400, ...guarded) },
      },
    },
    async (request) => {
      const { limit = 50, cursor, tag, source, language } = request.query;
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const items = await listItems(db, {
        limit: limit + 1,
        after: after && { createdAt: after.createdAt, itemId: after.id },
        ...{ tags: tag, source, language },
      });
      const page = items.slice(0, limit);
      const last = page.at(-1);
      const more = items.length > limit && last;
      return {
        items: page.map(isoTimes),
        nextCursor: more ? encodeCursor({ createdAt: last.createdAt, id: last.itemId }) : null,
      };
    },
  );
  app.get(
    '/items/:id',
    {
      config: { access: 'read' },
      schema: {
        operationId: 'readItem',
        tags: ['items'],
        summary: 'One document',
        security: [{ apiKey: ['read'] }],
        params: ItemParams,
        response: { 200: ref(ItemSchema), ...problems(400, 404, ...guarded) },
      },
    },
    async (request) => isoTimes(await existing(db, request.params.id)),
  );
  app.delete(
    '/items/:id',
    {
      config: { access: 'ingest' },
      schema: {
        operationId: 'deleteItem',
        tags: ['items'],
        summary: 'Delete a document with everything made of it',
        security: [{ apiKey: ['ingest'] }],
        params: ItemParams,
        response: { 200: DeletedItem, ...problems(400, 404, 502, ...guarded) },
      },
    },
    async (request) => {
      const { itemId, chunks, source } = await existing(db, request.params.id);
      // Points first: were it the other way round, a failure between the two would leave points that nobody can name any more.
      await index.removeItem(itemId);
      if (!(await deleteItem(db, itemId))) throw notFound();
      await index.removeItem(itemId);
      const filesLeft = await removeFile(deps, itemId);
      await appendAudit(db, {
        actor: request.client?.name ?? 'unknown',
        action: 'item.delete',
        target: itemId,
        details: { source },
      });
      return { itemId, chunksRemoved: chunks, pointsLeft: await index.count(itemId), filesLeft };
    },
  );
};
