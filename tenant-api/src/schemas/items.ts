import { Type } from 'typebox';
import { Nullable, Timestamp, Uuid, oneOf, ref, freeText } from './common.ts';

export const ItemSchema = Type.Object(
  {
    itemId: Uuid,
    kind: Type.String(),
    source: Type.String(),
    title: Type.String(),
    tags: Type.Array(Type.String()),
    url: Nullable(Type.String()),
    sha256: Type.String(),
    version: Type.Integer({ description: '0 while the first version is being ingested.' }),
    language: Nullable(Type.String()),
    chunks: Type.Integer(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { $id: 'Item' },
);

export const ItemsQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'nextCursor of the page before.' })),
  tag: Type.Optional(
    Type.Array(freeText({ minLength: 1, maxLength: 100 }), {
      maxItems: 20,
      description: 'May be given more than once: then items that carry all of them.',
    }),
  ),
  source: Type.Optional(freeText({ minLength: 1, maxLength: 1000 })),
  language: Type.Optional(oneOf(['de', 'en'])),
});

export const ItemsPage = Type.Object({ items: Type.Array(ref(ItemSchema)), nextCursor: Nullable(Type.String()) });

export const ItemParams = Type.Object({ id: Uuid });

export const DeletedItem = Type.Object({
  itemId: Uuid,
  chunksRemoved: Type.Integer(),
  pointsLeft: Type.Integer({ description: 'Counted after the deletion: 0.' }),
  filesLeft: Type.Integer({
    description: 'Its files that are still in the object store: 0, unless that is away; then they go when it is back.',
  }),
});
