import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSubset } from './subset.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>('', 'a', 'b', '10', 0, 1, 2, true, false),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('json'), { maxKeys: 3 }),
  ),
}));
/** The same value with defaults the server might add to every object. */
const withDefaults = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(withDefaults);
  if (typeof value !== 'object' || value === null) return value;
  return { ...Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withDefaults(one)])), defaulted: 'D' };
};

describe('isSubset', () => {
  it('holds for any value and itself, with or without defaults added', () => {
    fc.assert(
      fc.property(
        json,
        (value) =>
          isSubset(value, structuredClone(value)) && isSubset({ value }, { value: withDefaults(value), more: 1 }),
      ),
    );
  });

  it('fails when any leaf differs', () => {
    const change = (value: Json): Json => {
      if (Array.isArray(value)) return [...value, 'changed'];
      if (typeof value !== 'object' || value === null) return 'changed';
      const [first] = Object.keys(value);
      return first === undefined ? 'changed' : { ...value, [first]: change(value[first] ?? null) };
    };
    fc.assert(fc.property(json, (value) => !isSubset(value, change(value))));
  });

  it('takes a quantity for what it measures', () => {
    expect(isSubset({ cpu: '1000m', memory: '1024Mi', pods: 20 }, { cpu: '1', memory: '1Gi', pods: '20' })).toBe(true);
    expect(isSubset({ cpu: '1000m' }, { cpu: '1001m' })).toBe(false);
    expect(isSubset({ image: 'a:1' }, { image: 'a:1.0' })).toBe(false);
  });

  it('takes absent for zero, but not the other way round with content', () => {
    expect(isSubset({ a: [], b: {}, c: '', d: 0, e: false }, {})).toBe(true);
    expect(isSubset({ ingress: [] }, { ingress: [{}] })).toBe(false);
    expect(isSubset({ replicas: 0 }, { replicas: 1 })).toBe(false);
  });

  it('demands ownership of every desired field when it is known', () => {
    const live = { spec: { replicas: 1, selector: { a: 'b' } } };
    expect(isSubset(live, live, { 'f:spec': { 'f:replicas': {}, 'f:selector': {} } })).toBe(true);
    expect(isSubset(live, live, { 'f:spec': { 'f:selector': {} } })).toBe(false);
    expect(isSubset(live, live, { none: {} })).toBe(false);
  });

  it('lets others add to an associative list, but not to an atomic one', () => {
    const desired = { list: [{ name: 'ours', image: 'i' }] };
    const live = {
      list: [
        { name: 'theirs', image: 'x' },
        { name: 'ours', image: 'i', pull: 'Always' },
      ],
    };
    const keyed = { 'f:list': { 'k:{"name":"ours"}': { '.': {}, 'f:name': {}, 'f:image': {} } } };
    expect(isSubset(desired, live, keyed)).toBe(true);
    expect(isSubset({ list: [{ name: 'ours', image: 'j' }] }, live, keyed)).toBe(false);
    expect(isSubset({ list: [{ name: 'absent', image: 'i' }] }, live, keyed)).toBe(false);
    expect(isSubset(desired, live, { 'f:list': {} })).toBe(false);
    expect(isSubset(desired, live)).toBe(false);
  });

  it('finds list entries whose key fields were defaulted', () => {
    const keyed = { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } };
    expect(isSubset({ ports: [{ port: 80 }] }, { ports: [{ port: 80, protocol: 'TCP' }] }, keyed)).toBe(true);
    expect(
      isSubset({ ports: [{ port: 80, protocol: 'UDP' }] }, { ports: [{ port: 80, protocol: 'TCP' }] }, keyed),
    ).toBe(false);
  });

  it('treats sets as sets', () => {
    const owned = { 'f:finalizers': { 'v:"a"': {} } };
    expect(isSubset({ finalizers: ['a'] }, { finalizers: ['b', 'a'] }, owned)).toBe(true);
    expect(isSubset({ finalizers: ['a'] }, { finalizers: ['b'] }, owned)).toBe(false);
  });
});
