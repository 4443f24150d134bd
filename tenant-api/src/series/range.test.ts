import { expect, test } from 'vitest';
import { decodeTimeCursor, encodeTimeCursor, rangeOf } from './range.ts';

const DAY = 86_400_000;

test('a range ends at the default and is a day long unless it says otherwise', () => {
  expect(rangeOf({}, 10 * DAY)).toEqual({ fromMs: 9 * DAY, toMs: 10 * DAY });
  expect(rangeOf({ from: '1970-01-02T00:00:00Z' }, 10 * DAY)).toEqual({ fromMs: DAY, toMs: 10 * DAY });
  expect(() => rangeOf({ from: '1970-01-12T00:00:00Z' }, 10 * DAY)).toThrow('from must lie before to');
  expect(() => rangeOf({ from: '1900-01-12T00:00:00Z' }, 10 * DAY)).toThrow('30 years');
});

test('a cursor comes back as it went, and not into another range', () => {
  const range = { fromMs: DAY, toMs: 3 * DAY };
  expect(decodeTimeCursor(encodeTimeCursor(2 * DAY), range)).toBe(2 * DAY);
  for (const wrong of [encodeTimeCursor(3 * DAY), encodeTimeCursor(0 - DAY), 'x', '']) {
    expect(() => decodeTimeCursor(wrong, { fromMs: 2 * DAY, toMs: 3 * DAY })).toThrow('The cursor');
  }
});
