import { expect, it } from 'vitest';
import { isDue } from './tuner.ts';

it.each([
  { what: 'no chunks', chunks: 0, measured: 0, before: 0, looks: 10, due: false },
  { what: 'what is there at the first look', chunks: 3, measured: 0, before: 0, looks: 10, due: true },
  { what: 'some more, once they are in', chunks: 130, measured: 100, before: 130, looks: 1, due: true },
  { what: 'many more, while others come', chunks: 930, measured: 100, before: 800, looks: 9, due: false },
  { what: 'many more that have come for long', chunks: 930, measured: 100, before: 900, looks: 10, due: true },
  { what: 'hardly any more', chunks: 120, measured: 100, before: 120, looks: 99, due: false },
  { what: 'half of them deleted', chunks: 50, measured: 100, before: 50, looks: 1, due: true },
])('measures the share again for $what: $due', ({ due, ...looked }) => {
  expect(isDue(looked)).toBe(due);
});
