import { expect, test } from 'vitest';
import { createAppliances } from './appliances.ts';
import type { Load } from './grid.ts';

const QUARTER = 900_000;
const fromMs = Date.UTC(2026, 2, 2);

const home = (meterId: string, meanKw: number): Load =>
  createAppliances({ seed: 'busy', meterId, meanKw, activity: (out, _first, count) => out.fill(1, 0, count) });

function drawn(load: Load, first: number, count: number): number[] {
  const kw = new Float64Array(count);
  load.addTo(kw, { fromMs: fromMs + first * QUARTER, stepMs: QUARTER, count });
  return [...kw];
}

test('what waits is the same wherever one begins to look, whichever home was looked at before', () => {
  const quarters = 7 * 96;
  const [quiet, busy] = [home('quiet', 0.3), home('busy', 4)];
  const whole = [quiet, busy].map((load) => drawn(load, 0, quarters));
  const alone = Array.from({ length: quarters }, (_, quarter) =>
    [busy, quiet].map((load) => drawn(load, quarter, 1)[0]).reverse(),
  );
  expect(alone).toEqual(Array.from({ length: quarters }, (_, quarter) => whole.map((column) => column[quarter])));
});

test('waiting takes nothing away: the mean is the one asked for', () => {
  const year = drawn(home('busy', 2), 0, 365 * 96);
  const mean = year.reduce((sum, kw) => sum + kw, 0) / year.length;
  expect(mean).toBeGreaterThan(1.96);
  expect(mean).toBeLessThan(2.04);
});
