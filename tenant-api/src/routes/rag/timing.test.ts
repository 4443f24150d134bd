import { expect, it } from 'vitest';
import { createTiming } from './timing.ts';

it('keeps every part in the order of its end, and passes it on', () => {
  const passed: [string, number][] = [];
  const timing = createTiming((part, seconds) => void passed.push([part, seconds]));
  timing.observe('embed', 0.012_345);
  timing.observe('answer', 1);
  expect(timing.header()).toBe('embed;dur=12.35, answer;dur=1000.00');
  expect(passed).toEqual([
    ['embed', 0.012_345],
    ['answer', 1],
  ]);
});
