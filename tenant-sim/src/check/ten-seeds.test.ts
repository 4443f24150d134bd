import { expect, test } from 'vitest';
import { FULL_CHECK, checkYear } from './simulated-year.ts';

// Ten years of a hundred homes: the dearest test of this tier, about half a minute of one core. `luna-sim check` reads more homes by the second.
test('of ten seeds at least nine give a year inside every published band', () => {
  const missed = Array.from({ length: 10 }, (_, index) =>
    checkYear({ ...FULL_CHECK, seed: String(index + 1), fineHomes: 3, fineDays: 8 })
      .filter(({ ok }) => !ok)
      .map(
        ({ group, statistic, value, low, high }) =>
          `${index + 1}: ${group}, ${statistic}: ${value} not in ${low}…${high}`,
      ),
  );
  const wrong = missed.filter((rows) => rows.length > 0);
  expect(wrong.length, wrong.flat().join('\n')).toBeLessThanOrEqual(1);
}, 900_000);
