import { Type, type Static } from 'typebox';
import { Uuid, oneOf, ref } from './common.ts';

/** Longest question that is read, in characters. */
export const QUESTION_MAX = 4000;

export const AskBody = Type.Object(
  {
    question: Type.String({
      minLength: 1,
      maxLength: QUESTION_MAX,
      pattern: '\\S',
      examples: ['Was bedeutet die OBIS-Kennzahl 1.8.0?'],
    }),
    topK: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 8, description: 'Passages to answer from.' })),
    filters: Type.Optional(
      Type.Object(
        {
          tags: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 20, description: 'Any of these.' }),
          ),
          source: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
          itemId: Type.Optional(Uuid),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type AskBodyValue = Static<typeof AskBody>;

const place = {
  itemId: Uuid,
  chunkId: Uuid,
  chunkIdx: Type.Integer(),
  title: Type.String(),
  source: Type.String(),
  page: Type.Optional(Type.Integer()),
};

export const CitationSchema = Type.Object(
  {
    n: Type.Integer({ minimum: 1, description: 'The number in the answer: [n].' }),
    ...place,
    heading: Type.Optional(Type.String()),
    quote: Type.String({ description: 'Word for word from the chunk.' }),
  },
  { $id: 'Citation' },
);

export const PassageSchema = Type.Object(
  {
    n: Type.Integer({ minimum: 1 }),
    ...place,
    headings: Type.Array(Type.String()),
    text: Type.String(),
    score: Type.Number({ description: 'Comparable within one answer only.' }),
  },
  { $id: 'Passage' },
);

export const AnswerSchema = Type.Object(
  {
    answer: Type.String(),
    mode: oneOf(['extractive', 'generated']),
    refused: Type.Boolean({ description: 'The documents carry no answer.' }),
    language: oneOf(['de', 'en']),
    citations: Type.Array(ref(CitationSchema)),
    passages: Type.Array(ref(PassageSchema)),
  },
  { $id: 'Answer' },
);
