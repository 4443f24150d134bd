import { Type, type Static } from 'typebox';
import { Uuid, oneOf, ref } from './common.ts';

/** Longest question that is read, in characters. */
export const QUESTION_MAX = 4000;

/** Questions of a conversation that are looked back on. */
const HISTORY_MAX = 10;

export const AskBody = Type.Object(
  {
    question: Type.String({
      minLength: 1,
      maxLength: QUESTION_MAX,
      pattern: '\\S',
      examples: ['Was bedeutet die OBIS-Kennzahl 1.8.0?'],
    }),
    topK: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 8, description: 'Passages to answer from.' })),
    maxPerItem: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 50, description: 'Most passages of one document; no limit when left out.' }),
    ),
    neighbours: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3,
        default: 0,
        description: 'Pieces before and after each passage that come along.',
      }),
    ),
    history: Type.Optional(
      Type.Array(
        Type.Object(
          {
            question: Type.String({ minLength: 1, maxLength: QUESTION_MAX, pattern: '\\S' }),
            answer: Type.Optional(Type.String({ maxLength: 20_000 })),
          },
          { additionalProperties: false },
        ),
        {
          maxItems: HISTORY_MAX,
          description: 'What was asked before in the same conversation, oldest first: a question may point back to it.',
        },
      ),
    ),
    filters: Type.Optional(
      Type.Object(
        {
          tags: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 20, description: 'Any of these.' }),
          ),
          source: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
          itemId: Type.Optional(Uuid),
          language: Type.Optional(oneOf(['de', 'en'], { description: 'Documents in this language.' })),
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
    evidence: oneOf(['clear', 'doubtful', 'none'], {
      description:
        'Whether the passages answer the question. Quotes on doubtful evidence say so; a chat model decides by itself.',
    }),
    language: oneOf(['de', 'en']),
    searchedFor: Type.Optional(
      Type.String({ description: 'The question as it was searched for, where it points back in the conversation.' }),
    ),
    citations: Type.Array(ref(CitationSchema)),
    passages: Type.Array(ref(PassageSchema)),
  },
  { $id: 'Answer' },
);
