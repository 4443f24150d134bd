import type { FieldSet } from './subset.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isEmpty = (value: Json): boolean => Object.keys(value).length === 0;

/**
 * Whether somebody took over, as one whole, a field that is desired to be an empty object, and filled it: a NetworkPolicy's
 * `podSelector: {}`, say, narrowed to nobody. Values and our own field set cannot show that: an empty object is a subset of any, and
 * owning nothing below it looks like not owning it. Only fields that others own as a leaf count: entries that they added to a map of
 * ours, such as labels, are theirs to keep. `others`: the field sets of all other managers.
 */
export function isTakenWhole(desired: unknown, live: unknown, others: readonly FieldSet[]): boolean {
  if (!isObject(desired) || !isObject(live) || others.length === 0) return false;
  if (isEmpty(desired)) return !isEmpty(live) && others.some(isEmpty);
  return Object.entries(desired).some(([key, value]) => {
    const below = others.map((fields) => fields[`f:${key}`]).filter(isObject);
    return isTakenWhole(value, live[key], below);
  });
}
