import { expect, it } from 'vitest';
import { isDue } from './tuner.ts';

it.each([
  { what: 'the first chunks, at once', chunks: 3, measured: 0, settled: false, due: true },
  { what: 'no chunks', chunks: 0, measured: 0, settled: true, due: false },
  { what: 'some more, once they are in', chunks: 130, measured: 100, settled: true, due: true },
  { what: 'some more, while others come', chunks: 130, measured: 100, settled: false, due: false },
  { what: 'more than twice as many, while others come', chunks: 201, measured: 100, settled: false, due: true },
  { what: 'hardly any more', chunks: 119, measured: 100, settled: true, due: false },
  { what: 'half of them deleted', chunks: 50, measured: 100, settled: true, due: true },
])('measures the share again for $what: $due', ({ chunks, measured, settled, due }) => {
  expect(isDue(chunks, measured, settled)).toBe(due);
});
