import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runForPeople } from './people.ts';

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await runForPeople(args, { print: (line) => void lines.push(line), columns: 80 });
  return { code, text: lines.join('\n') };
}

test('check prints each statistic with its band, and its exit code is 1 when one is missed', async () => {
  // Ten homes are too few for the bands of many.
  const { code, text } = await run('check', '--seed', '1', '--homes', '10');
  expect(text).toMatch(/^group +statistic +value +band +verdict$/m);
  expect(text).toMatch(/^prices +negative runs +\d+ +80 … 120 +ok$/m);
  expect(text).toMatch(/MISSED\n/);
  expect(code).toBe(1);
}, 300_000);

test('preview draws in the terminal and as pictures', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'luna-preview-'));
  try {
    const svg = join(dir, 'week.svg');
    const png = join(dir, 'week.png');
    const drawn = ['--svg', svg, '--png', png];
    const { code, text } = await run('preview', 'week', '--start', '2026-02-02', '--seed', '7', ...drawn);
    expect(code).toBe(0);
    expect(text).toMatch(/^week from 2026-02-02, seed 7\n/);
    expect(text).toMatch(/DE-LU DA-15, EUR\/MWh/);
    expect(await readFile(svg, 'utf8')).toMatch(/^<svg [^]*<polyline [^]*<\/svg>\n$/);
    expect((await readFile(png)).subarray(0, 4).toString('latin1')).toBe('\x89PNG');
  } finally {
    await rm(dir, { recursive: true });
  }
});

test.each([
  [['preview', 'month']],
  [['preview', '--start', 'May']],
  [['check', '--homes', 'many']],
  [['check', '--sead', '1']],
  [['x']],
])('%j is answered with a sentence', async (args) => {
  await expect(run(...args)).rejects.toMatchObject({ code: 'LUNA_USAGE' });
});
