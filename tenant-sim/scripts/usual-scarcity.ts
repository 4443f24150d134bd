/**
 * Writes `src/generated/usual-scarcity.ts`: the scale that the day-ahead auction is put on, the mean of one year under many seeds. It belongs to
 * the weather and to the numbers in `day-ahead.ts`. Whoever changes those so that scarcity as a whole becomes another also moves the points
 * of `merit.ts` to the scarcities that are as rare as theirs were.
 * Usage: node tenant-sim/scripts/usual-scarcity.ts [--check]   (--check: fail when the file is out of date)
 */
import { join } from 'node:path';
import { writeOrCheck } from '../../hack/generate/generated-file.ts';
import { buildWorld } from '../src/build.ts';
import { createScarcity } from '../src/market/day-ahead.ts';
import { SHARES, scaleOfQuarter } from '../src/market/usual-scale.ts';
import { parseSimConfig } from '../src/sim-config.ts';
import { quarterly } from '../src/time/quarterly.ts';

const target = join(import.meta.dirname, '../src/generated/usual-scarcity.ts');
const YEAR = 2025;
/** Nobody judges the simulator by these. */
const SEEDS = Array.from({ length: 60 }, (_, index) => String(6000 + index));

const kinds = ['workdays', 'daysOff'] as const;

function meanScales(): Record<(typeof kinds)[number], number[]>[] {
  const sums = Array.from({ length: 4 }, () => ({ workdays: SHARES.map(() => 0), daysOff: SHARES.map(() => 0) }));
  for (const seed of SEEDS) {
    const world = buildWorld(parseSimConfig(`seed: '${seed}'`));
    const scarcity = quarterly(createScarcity(world, 'DE-LU'));
    for (const [index, sum] of sums.entries()) {
      const scale = scaleOfQuarter(scarcity, world, 4 * YEAR + index);
      for (const kind of kinds) sum[kind] = sum[kind].map((value, at) => value + (scale[kind][at] ?? 0) / SEEDS.length);
    }
  }
  return sums;
}

function render(): string {
  const rows = meanScales().map((scale) => {
    const columns = kinds.map((kind) => `    ${kind}: [${scale[kind].map((value) => value.toFixed(1)).join(', ')}],\n`);
    return `  {\n${columns.join('')}  },\n`;
  });
  return [
    '// Generated from the simulator by tenant-sim/scripts/usual-scarcity.ts. Do not edit.',
    "import type { Scale } from '../market/usual-scale.ts';",
    '',
    '/** The usual scale of each quarter of a year, January to March first. */',
    'export const USUAL_SCARCITY: readonly Scale[] = [',
    `${rows.join('')}];`,
    '',
  ].join('\n');
}

writeOrCheck(
  target,
  render(),
  'the weather or the market and their usual scale differ: run tenant-sim/scripts/usual-scarcity.ts',
);
