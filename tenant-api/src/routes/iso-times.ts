/** The same value with every Date as its ISO text. */
export type IsoTimes<T> = T extends Date
  ? string
  : T extends readonly (infer E)[]
    ? IsoTimes<E>[]
    : T extends object
      ? { [K in keyof T]: IsoTimes<T[K]> }
      : T;

/** Writes times the way JSON has them, so that a value from the database fits its answer's schema. */
export function isoTimes<T>(value: T): IsoTimes<T> {
  return convert(value) as IsoTimes<T>;
}

function convert(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, convert(inner)]));
}
