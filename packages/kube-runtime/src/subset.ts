import { isDeepStrictEqual } from 'node:util';
import { sameQuantity } from './quantity.ts';

/** A node of `metadata.managedFields[].fieldsV1`: `f:name`, `k:{"key":…}`, `v:value`, `.`; an empty node owns all below it. */
export type FieldSet = Readonly<Record<string, unknown>>;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isLeaf = (fields: FieldSet): boolean => Object.keys(fields).length === 0;
/** What the API server may leave out of an answer because it equals the zero value. */
const isZero = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/**
 * Whether applying `desired` would leave `live` as it is: every desired field has the desired value in `live` (defaults the server
 * added are ignored, quantities compare by size), and, when `owned` is given (our entry of managedFields), every desired field is
 * owned by us. A field somebody else changed is no longer owned by us, so ownership also catches what values alone cannot show,
 * such as a key added inside an atomic list.
 */
export function isSubset(desired: unknown, live: unknown, owned?: FieldSet): boolean {
  if (isZero(desired) && isZero(live)) return true;
  if (Array.isArray(desired)) return Array.isArray(live) && isListSubset(desired, live, owned);
  if (isObject(desired)) return isObject(live) && isObjectSubset(desired, live, owned);
  return desired === live || sameQuantity(desired, live);
}

function isObjectSubset(desired: Json, live: Json, owned: FieldSet | undefined): boolean {
  return Object.entries(desired).every(([key, value]) => {
    if (value === undefined || value === null) return true;
    const below = owned && !isLeaf(owned) ? owned[`f:${key}`] : {};
    if (below === undefined && !isZero(value)) return false;
    return isSubset(value, live[key], owned && isObject(below) ? below : undefined);
  });
}

function isListSubset(desired: readonly unknown[], live: readonly unknown[], owned: FieldSet | undefined): boolean {
  const keyed = owned ? Object.keys(owned).filter((name) => name.startsWith('k:')) : [];
  if (owned && keyed.length > 0) return isKeyedSubset(desired, live, { owned, keyed });
  if (owned && Object.keys(owned).some((name) => name.startsWith('v:'))) {
    return desired.every(
      (value) => `v:${JSON.stringify(value)}` in owned && live.some((one) => isDeepStrictEqual(one, value)),
    );
  }
  return desired.length === live.length && desired.every((value, index) => isSubset(value, live[index], owned && {}));
}

/** An associative list: others may have added entries of their own. */
function isKeyedSubset(
  desired: readonly unknown[],
  live: readonly unknown[],
  how: { owned: FieldSet; keyed: string[] },
): boolean {
  const { owned, keyed } = how;
  const entries = keyed.map((name) => ({ keys: keyFields(name), fields: owned[name] }));
  return desired.every((value) => {
    const ours = entries.find(({ keys }) => carries(value, keys, true));
    const found = ours && live.find((one) => carries(one, ours.keys, false));
    return (
      ours !== undefined &&
      found !== undefined &&
      isSubset(value, found, isObject(ours.fields) ? ours.fields : undefined)
    );
  });
}

/** Whether a list entry has these key fields. A desired entry may leave out those that have a default (a port's protocol). */
function carries(entry: unknown, keys: Json, mayOmit: boolean): boolean {
  if (!isObject(entry)) return false;
  return Object.entries(keys).every(
    ([name, value]) => (mayOmit && entry[name] === undefined) || isDeepStrictEqual(entry[name], value),
  );
}

const mostKept = 1000;
const parsedKeys = new Map<string, Json>();

/** The key fields in a name such as `k:{"name":"main"}`. The same few names come again and again. */
function keyFields(name: string): Json {
  const known = parsedKeys.get(name);
  if (known) return known;
  const keys = JSON.parse(name.slice(2)) as Json;
  if (parsedKeys.size >= mostKept) parsedKeys.clear();
  parsedKeys.set(name, keys);
  return keys;
}
