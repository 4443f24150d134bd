import { readFileSync } from 'node:fs';
import type { LunaError } from '@luna-iems/service-kit';
import { expect, test } from 'vitest';
import { loadSimConfig, parseSimConfig } from './sim-config.ts';

const shipped = new URL('../../config/sim.yml', import.meta.url);

function problemsOf(text: string): string[] {
  try {
    parseSimConfig(text);
  } catch (error) {
    expect(error).toMatchObject({ code: 'LUNA_CONFIG' });
    return (error as LunaError).details?.['problems'] as string[];
  }
  throw new Error('it was accepted');
}

test('the shipped file says what an empty one means: its comments call them the defaults', () => {
  const written = parseSimConfig(readFileSync(shipped, 'utf8'));
  expect(written).toEqual(parseSimConfig(''));
});

test('every wrong value is named at once, with what would be right', () => {
  const problems = problemsOf(`
seed: [1]
meters:
  interval_s: 0
  intervall: 5
  groups: [{prefix: Haus_1, count: 2}, {count: 1}]
market:
  series: [{market: DE-LU, product: DA-15, kind: dayahead}]
`);
  expect(problems).toEqual([
    expect.stringMatching(/^seed .*Any word or whole number/),
    expect.stringMatching(/^meters\.intervall is not known; known here: enabled, interval_s/),
    expect.stringMatching(/^meters\.interval_s must be >= 1 \(it is 0\)/),
    expect.stringMatching(/^meters\.groups\[0\]\.prefix must match .*Lower-case letters/),
    expect.stringMatching(/^meters\.groups\[1\]\.prefix is missing/),
    expect.stringMatching(/^market\.series\[0\]\.kind must be one of day-ahead, intraday \(it is "dayahead"\)/),
  ]);
});

test('what a schema cannot say', () => {
  expect(problemsOf('timezone: Berlin\nmeters: {groups: [{prefix: a, count: 1}, {prefix: a, count: 2}]}')).toEqual([
    'timezone Berlin is not known; write a name like Europe/Berlin',
    'meters.groups: prefix a stands twice',
  ]);
  const twice = '{market: DE-LU, product: DA-15, kind: day-ahead}';
  expect(problemsOf(`market: {series: [${twice}, ${twice}]}`)).toEqual(['market.series: DE-LU DA-15 stands twice']);
});

test('a file that is not there says so', async () => {
  await expect(loadSimConfig('/nowhere/sim.yml')).rejects.toMatchObject({
    code: 'LUNA_CONFIG',
    message: expect.stringContaining('/nowhere/sim.yml cannot be read') as string,
  });
});
