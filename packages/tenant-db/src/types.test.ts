import { expect, test } from 'vitest';
import { typeParsers } from './types.ts';

const parse = (oid: number, text: string): unknown =>
  (typeParsers.getTypeParser(oid) as (value: string) => unknown)(text);

test('bigint is a number as long as it fits, and an error when it does not', () => {
  expect(parse(20, '9007199254740991')).toBe(9007199254740991);
  expect(() => parse(20, '9007199254740993')).toThrow(/does not fit/);
});

test('numeric, date and zoneless timestamp stay text; an instant is a Date', () => {
  expect(parse(1700, '12.3400')).toBe('12.3400');
  expect(parse(1082, '2026-03-29')).toBe('2026-03-29');
  expect(parse(1114, '2026-03-29 02:30:00')).toBe('2026-03-29 02:30:00');
  expect(parse(1184, '2026-03-29 02:30:00+02')).toEqual(new Date('2026-03-29T00:30:00Z'));
});
