import { Type, type Static, type TNull, type TSchema, type TString, type TUnion, type TUnsafe } from 'typebox';

/** A value that may be null. */
export function Nullable<T extends TSchema>(schema: T): TUnion<[T, TNull]> {
  return Type.Union([schema, Type.Null()]);
}

/** A reference to a schema that the openapi plugin has added by its `$id`. */
export function ref<T extends TSchema & { $id?: string }>(schema: T): TUnsafe<Static<T>> {
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id ?? ''}#` });
}

/** One of a closed set of words. */
export function oneOf<const T extends readonly string[]>(
  words: T,
  options: { description?: string } = {},
): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...words], ...options });
}

/** Text in somebody's own words, of so many characters. No NUL: the database knows no text with one. */
export function freeText(size: { minLength?: number; maxLength: number; description?: string }): TString {
  return Type.String({ pattern: '^[^\\u0000]*$', ...size });
}

export const Uuid = Type.String({ format: 'uuid' });
export const Timestamp = Type.String({ format: 'date-time' });

/** RFC 9457, with Luna's stable code and the request's id. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable: programs may depend on it.' }),
    requestId: Type.Optional(Type.String({ description: 'Finds the request in the log.' })),
  },
  { $id: 'Problem', additionalProperties: true, description: 'What went wrong, as application/problem+json.' },
);

const reasons: Record<number, string> = {
  400: 'The request is not well formed.',
  401: 'No key, or a key that nobody has.',
  403: 'The key lacks the scope.',
  404: 'There is no such thing.',
  409: 'Not in its present state.',
  413: 'The request is too large.',
  415: 'The content type is not taken here.',
  422: 'The document cannot be ingested.',
  429: 'Too many requests with this key.',
  501: 'Not possible where this service runs.',
  502: 'A part gave a wrong answer.',
  503: 'A part is away; try again.',
  504: 'A part took too long.',
};

/** The problem answers of a route, for its schema; 401, 403, 429 and 503 come with every route that wants a key. */
export function problems(...statuses: number[]): Record<number, TSchema> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: reasons[status] ?? 'It went wrong.',
        content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
      },
    ]),
  );
}

export const guarded = [401, 403, 429, 503] as const;
