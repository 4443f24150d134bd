import { describe, expect, it } from 'vitest';
import { parseQuantity, sameQuantity } from './quantity.ts';

describe('quantities', () => {
  it.each([
    ['1', 1],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['500m', 0.5],
    ['1Ki', 1024],
    ['1k', 1000],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['1e3', 1000],
    ['2E3', 2000],
    ['1E', 1e18],
    ['-1', -1],
    [7, 7],
  ])('%s is %d', (text, number) => {
    expect(parseQuantity(text)).toBe(number);
  });

  it.each(['', 'x', '1 Gi', '1gi', '1GiB', 'a1', '1.2.3', true, null, undefined])('%s is none', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it('compares sizes, not spellings', () => {
    expect(sameQuantity('0.1', '100m')).toBe(true);
    expect(sameQuantity('1Gi', '1G')).toBe(false);
    expect(sameQuantity('x', 'x')).toBe(false);
  });
});
