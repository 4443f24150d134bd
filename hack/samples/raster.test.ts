import { describe, expect, it } from 'vitest';
import { Canvas, flatten } from './raster.ts';

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);

describe('Canvas', () => {
  it('covers whole pixels inside and fractions on the border', () => {
    const canvas = new Canvas(8, 8);
    canvas.fill([
      [2.5, 2],
      [5, 2],
      [5, 4.5],
      [2.5, 4.5],
    ]);
    const at = (x: number, y: number): number => canvas.coverage()[y * 8 + x] ?? Number.NaN;
    expect([at(1, 2), at(2, 2), at(3, 2), at(4, 2), at(5, 2)]).toEqual([0, 0.5, 1, 1, 0]);
    expect([at(3, 4), at(2, 4), at(3, 5)]).toEqual([0.5, 0.25, 0]);
    expect(sum(canvas.coverage())).toBeCloseTo(6.25, 5);
  });

  it('leaves a hole where an inner outline runs the other way', () => {
    const canvas = new Canvas(12, 12);
    const box = (a: number, b: number): [number, number][] => [
      [a, a],
      [b, a],
      [b, b],
      [a, b],
    ];
    canvas.fill(box(1, 9));
    canvas.fill(box(3, 7).reverse());
    expect(sum(canvas.coverage())).toBeCloseTo(64 - 16, 4);
  });
});

describe('flatten', () => {
  it('ends where the curve ends and passes through its middle side', () => {
    const points = flatten([
      [0, 0],
      [10, 20],
      [20, 0],
    ]);
    expect(points.at(-1)).toEqual([20, 0]);
    expect(Math.max(...points.map(([, y]) => y))).toBeCloseTo(9.6, 5);
  });
});
