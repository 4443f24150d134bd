import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cos, exp, log, normalQuantile, power, sin } from './elementary.ts';

const near = (actual: number, expected: number, scale: number): void => {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-14 * scale);
};

test('property: as good as the engine’s own', () => {
  const number = (range: number): fc.Arbitrary<number> => fc.double({ min: -range, max: range, noNaN: true });
  fc.assert(fc.property(number(40), (x) => void near(exp(x), Math.exp(x), 20 * Math.exp(x))));
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => void near(log(x), Math.log(x), 10)),
  );
  fc.assert(
    fc.property(number(500), (x) => {
      near(sin(x), Math.sin(x), 10);
      near(cos(x), Math.cos(x), 10);
    }),
  );
});

test('known values, and the bounds', () => {
  expect([exp(0), log(1), sin(0), cos(0), power(2, 10)]).toEqual([1, 0, 0, 1, expect.closeTo(1024, 9)]);
  near(exp(1), Math.E, 10);
  expect(exp(1e9)).toBe(exp(700));
  expect(exp(-1e9)).toBe(exp(-700));
});

test('quantiles of the normal', () => {
  for (const [probability, value] of [
    [0.5, 0],
    [0.975, 1.959963985],
    [0.001, -3.090232306],
    [0.999999, 4.753424309],
  ] as const) {
    expect(normalQuantile(probability)).toBeCloseTo(value, 6);
  }
});
