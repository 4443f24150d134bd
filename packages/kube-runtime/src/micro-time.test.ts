import fc from 'fast-check';
import { expect, it } from 'vitest';
import { microTime } from './micro-time.ts';

it('always has six digits and stays at the same millisecond', () => {
  expect(microTime(Date.UTC(2030, 0, 1))).toBe('2030-01-01T00:00:00.000000Z');
  expect(microTime(0.25)).toBe('1970-01-01T00:00:00.000250Z');
  fc.assert(
    fc.property(fc.double({ min: 0, max: 4e12, noNaN: true }), (ms) => {
      const text = microTime(ms);
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      expect(Date.parse(text)).toBe(Math.floor(ms));
    }),
  );
});
