import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStore } from './store.ts';
import { objectKey, type KubeResource } from './types.ts';

const object = (name: string, colours: string[]): KubeResource => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n', labels: { colours: colours.join(' ') } },
});
const coloursOf = (one: KubeResource): string[] => one.metadata.labels?.['colours']?.split(' ').filter(Boolean) ?? [];

describe('store', () => {
  it('finds by index exactly what a search would find', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const colours = fc.subarray(['red', 'green', 'blue']);
    const operation = fc.oneof(fc.record({ set: name, colours }), fc.record({ drop: name }));
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 50 }), (operations) => {
        const store = createStore({ colour: coloursOf });
        for (const one of operations) {
          if ('set' in one) store.set(object(one.set, one.colours));
          else store.delete(`n/${one.drop}`);
        }
        for (const colour of ['red', 'green', 'blue']) {
          const expected = store.list().filter((one) => coloursOf(one).includes(colour));
          expect(new Set(store.byIndex('colour', colour))).toEqual(new Set(expected));
        }
        expect(store.keys().sort()).toEqual(
          store
            .list()
            .map((one) => objectKey(one.metadata))
            .sort(),
        );
        expect(store.size).toBe(store.list().length);
      }),
    );
  });

  it('gives what was there before, and refuses an index it does not have', () => {
    const store = createStore();
    const first = object('a', []);
    expect(store.set(first)).toBeUndefined();
    expect(store.set(object('a', ['red']))).toBe(first);
    expect(store.delete('n/b')).toBeUndefined();
    expect(() => store.byIndex('colour', 'red')).toThrow(RangeError);
  });
});
