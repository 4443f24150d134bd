import { expect, test } from 'vitest';
import { layeredNoise, noiseFill, smoothNoise } from './noise.ts';
import { createStream } from './stream.ts';

const PERIOD = 1000;

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

test('noise is a function of time alone, whatever the order of asking', () => {
  const noise = smoothNoise(createStream('n'), PERIOD);
  const times = [5, 99_000, 5, -3_000, 99_001, 5];
  const fresh = times.map((time) => smoothNoise(createStream('n'), PERIOD)(time));
  expect(times.map((time) => noise(time))).toEqual(fresh);
});

test('its deviation is 1, between grid points as on them, and layers keep it', () => {
  const noise = smoothNoise(createStream('n'), PERIOD);
  const layered = layeredNoise(createStream('n'), [
    { periodMs: PERIOD, weight: 1 },
    { periodMs: 50 * PERIOD, weight: 3 },
  ]);
  const cells = Array.from({ length: 20_000 }, (_, index) => index * PERIOD);
  expect(deviation(cells.map((time) => noise(time)))).toBeCloseTo(1, 1);
  expect(deviation(cells.map((time) => noise(time + PERIOD / 2)))).toBeCloseTo(1, 1);
  expect(Math.abs(deviation(cells.map((time) => layered(time + 17))) - 1)).toBeLessThan(0.15);
});

test('it has no jumps', () => {
  const noise = smoothNoise(createStream('n'), PERIOD);
  for (let time = 0; time < 50 * PERIOD; time += 10) expect(Math.abs(noise(time + 10) - noise(time))).toBeLessThan(0.2);
});

test('many instants in one go are the same to the last bit', () => {
  const layers = [
    { periodMs: 700, weight: 1 },
    { periodMs: 90_000, weight: 0.6 },
  ];
  const instants = { fromMs: 1_774_600_000_500, stepMs: 250, count: 400 };
  const one = layeredNoise(createStream('n'), layers);
  const out = new Float64Array(500).fill(7);
  noiseFill(createStream('n'), layers)(out, instants);
  const expected = Array.from({ length: 400 }, (_, index) => one(instants.fromMs + index * instants.stepMs));
  expect([...out.subarray(0, 400)]).toEqual(expected);
  expect(out[400]).toBe(7);
});
