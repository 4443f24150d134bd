import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStream } from './stream.ts';

test('property: a number depends on seed, name, counter and lane only, not on what was asked before', () => {
  const place = fc.tuple(fc.maxSafeNat(), fc.integer({ min: 0, max: 20 }));
  fc.assert(
    fc.property(fc.string(), fc.array(place, { minLength: 1, maxLength: 20 }), (seed, places) => {
      const warm = createStream(seed, 'a');
      const forward = places.map(([counter, lane]) => warm.uniform(counter, lane));
      const backward = [...places].reverse().map(([counter, lane]) => createStream(seed, 'a').uniform(counter, lane));
      expect(forward).toEqual(backward.reverse());
    }),
  );
});

test('seed, each part of the name, counter (beyond 32 bits too) and lane all matter', () => {
  const numbers = [
    createStream('s', 'a').uniform(5),
    createStream('t', 'a').uniform(5),
    createStream('s', 'b').uniform(5),
    createStream('s', 'a', 'b').uniform(5),
    createStream('s', 'ab').uniform(5),
    createStream('s', 'a').uniform(6),
    createStream('s', 'a').uniform(5 + 2 ** 32),
    createStream('s', 'a').uniform(5, 1),
  ];
  expect(new Set(numbers).size).toBe(numbers.length);
});

const moments = (values: readonly number[]): { mean: number; variance: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
};

test('uniform and normal have the moments of their names', () => {
  const stream = createStream('moments');
  const count = 100_000;
  const uniform = moments(Array.from({ length: count }, (_, index) => stream.uniform(index)));
  expect(uniform.mean).toBeCloseTo(0.5, 2);
  expect(uniform.variance).toBeCloseTo(1 / 12, 2);
  const values = Array.from({ length: count }, (_, index) => stream.normal(index));
  const normal = moments(values);
  expect(normal.mean).toBeCloseTo(0, 1);
  expect(normal.variance).toBeCloseTo(1, 1);
  expect(values.filter((value) => Math.abs(value) < 1.96).length / count).toBeCloseTo(0.95, 2);
});

test('a row of places says what each of them says, over the border of 32 bits too', () => {
  const stream = createStream('row');
  const first = 2 ** 32 - 3;
  const [words, normals] = [new Uint32Array(4 * 6), new Float64Array(6)];
  stream.fillWords(words, first, 6, 2);
  stream.fillNormals(normals, first, 6, 2);
  const places = Array.from({ length: 6 }, (_, index) => first + index);
  expect([...words]).toEqual(places.flatMap((place) => [...stream.words(place, 2)]));
  expect([...normals]).toEqual(places.map((place) => stream.normal(place, 2)));
});
