import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchesOf, type Span } from './batches.ts';

const MINUTE = 60_000;

const span = (name: string, fromSteps: number, steps: number, stepMs: number): Span<string> => ({
  from: fromSteps * stepMs,
  to: (fromSteps + steps) * stepMs,
  stepMs,
  row: (tsMs) => `${name}@${tsMs}`,
});

const spans = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 0, max: 300 }),
    fc.constantFrom(MINUTE, 7 * MINUTE, 15 * MINUTE),
  ),
  { selector: ([name]) => name, minLength: 1, maxLength: 4 },
);

test('property: every row of every span once, each span in time order, batches bounded, their range that of their rows', () => {
  fc.assert(
    fc.property(spans, fc.integer({ min: 1, max: 500 }), (tuples, batchRows) => {
      const all = tuples.map((tuple) => span(...tuple));
      const batches = [...batchesOf(all, batchRows)];
      const rows = batches.flatMap((batch) => batch.rows);
      const expected = tuples.flatMap(([name, from, steps, stepMs]) =>
        Array.from({ length: steps }, (_, index) => `${name}@${(from + index) * stepMs}`),
      );
      expect([...rows].sort()).toEqual(expected.sort());
      for (const [name] of tuples) {
        const times = rows.filter((row) => row.startsWith(name)).map((row) => Number(row.split('@')[1]));
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }
      for (const batch of batches) {
        const times = batch.rows.map((row) => Number(row.split('@')[1]));
        expect(batch.rows.length).toBeLessThanOrEqual(batchRows);
        expect(batch.from).toBe(Math.min(...times));
        expect(batch.to).toBeGreaterThan(Math.max(...times));
      }
    }),
    { numRuns: 60 },
  );
});

test('nothing to write is no batch', () => {
  expect([...batchesOf([], 10)]).toEqual([]);
  expect([...batchesOf([span('a', 5, 0, MINUTE)], 10)]).toEqual([]);
});
