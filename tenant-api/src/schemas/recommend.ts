import { Type, type Static } from 'typebox';
import { Nullable, Uuid, oneOf, freeText } from './common.ts';

const Tags = Type.Array(freeText({ minLength: 1, maxLength: 100 }), { maxItems: 20 });
const part = Type.Number({ minimum: 0, maximum: 1 });

export const RecommendBody = Type.Object(
  {
    userId: Type.Optional(
      Type.String({ format: 'uuid', description: 'As in the events: what this user did with items is looked at.' }),
    ),
    itemId: Type.Optional(Type.String({ format: 'uuid', description: 'What the user looks at: more like this.' })),
    text: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S', description: 'What the user is busy with.' }),
    ),
    tags: Type.Optional({ ...Tags, description: 'Interests beside what the events show.' }),
    onlyTags: Type.Optional({ ...Tags, minItems: 1, description: 'Only items with one of these.' }),
    includeSeen: Type.Optional(
      Type.Boolean({ default: false, description: 'Items the user has had to do with may come again.' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
  },
  { additionalProperties: false },
);
export type RecommendBodyValue = Static<typeof RecommendBody>;

const Features = Type.Object({ content: part, tags: part, popularity: part, recency: part });

export const RecommendationsSchema = Type.Object(
  {
    recommendationId: Type.String({
      format: 'uuid',
      description: 'Names what was shown together; send it in the `meta` of the events that follow.',
    }),
    policy: Type.String({ description: 'Name and version of what ranked the items.' }),
    basis: oneOf(['interests', 'general'], {
      description: 'general: nothing is known of the user, so what others turn to and what is new.',
    }),
    items: Type.Array(
      Type.Object({
        itemId: Uuid,
        title: Type.String(),
        source: Type.String(),
        tags: Type.Array(Type.String()),
        url: Nullable(Type.String()),
        position: Type.Integer({ minimum: 1 }),
        score: Type.Number({ description: 'Comparable within one answer only.' }),
        propensity: Type.Number({
          minimum: 0,
          maximum: 1,
          description: 'How probable it was that the policy would show this item here.',
        }),
        features: Features,
        reasons: Type.Array(oneOf(['content', 'tags', 'popularity', 'recency']), {
          description: 'What spoke for it, the most first.',
        }),
      }),
    ),
  },
  { $id: 'Recommendations' },
);
