import { expect, test } from 'vitest';
import { buildWorld } from '../build.ts';
import { USUAL_SCARCITY } from '../generated/usual-scarcity.ts';
import { parseSimConfig } from '../sim-config.ts';
import { QUARTER, quarterly, type Quarterly } from '../time/quarterly.ts';
import { createScarcity } from './day-ahead.ts';
import { SHARES, onUsualScale, scaleOfQuarter } from './usual-scale.ts';

const world = buildWorld(parseSimConfig('seed: scale'));
const scarcity = quarterly(createScarcity(world, 'DE-LU'));
/** The spring of 2026. */
const SPRING = 4 * 2026 + 1;
const middle = SHARES.indexOf(0.5);

test('a quarter of a year that is windier than usual, and its weekends still more so, comes out as usual', () => {
  const windy: Quarterly = (quarter) => scarcity(quarter) - (world.dayType(quarter * QUARTER) === 'workday' ? 40 : 90);
  const [, usual] = USUAL_SCARCITY;
  const before = scaleOfQuarter(windy, world, SPRING);
  expect((usual?.daysOff[middle] ?? 0) - (before.daysOff[middle] ?? 0)).toBeGreaterThan(60);
  const after = scaleOfQuarter(quarterly(onUsualScale(windy, world)), world, SPRING);
  for (const kind of ['workdays', 'daysOff'] as const) {
    for (const share of [0.1, 0.5, 0.9]) {
      const at = SHARES.indexOf(share);
      expect(Math.abs((after[kind][at] ?? 0) - (usual?.[kind][at] ?? 0)), `${kind}, ${share}`).toBeLessThan(6);
    }
  }
});

test.each(['a', 'b', 'c'])('from a day off to a workday the price has no step of its own: seed %s', (seed) => {
  const here = buildWorld(parseSimConfig(`seed: ${seed}`));
  const plain = quarterly(createScarcity(here, 'DE-LU'));
  const scaled = onUsualScale(plain, here);
  const first = Date.UTC(2026, 3, 1) / QUARTER;
  const moved = Array.from({ length: 90 * 96 }, (_, index) => scaled(first + index) - plain(first + index));
  const steps = moved.slice(1).map((value, index) => Math.abs(value - (moved[index] ?? 0)));
  expect(Math.max(...steps)).toBeLessThan(6);
});

test('what is beyond all that a quarter of a year has stays as far beyond', () => {
  const at = Date.UTC(2026, 4, 6, 10) / QUARTER;
  // Between two hours' middles, so that the scale of the quarter of a year does not know it.
  const spike: Quarterly = (quarter) => scarcity(quarter) + (quarter === at ? 500 : 0);
  const high = onUsualScale(spike, world)(at) - onUsualScale(scarcity, world)(at);
  expect(high).toBeGreaterThan(420);
  expect(high).toBeLessThan(580);
});
