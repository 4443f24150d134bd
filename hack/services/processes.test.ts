import { expect, it } from 'vitest';
import { bornAt, startTicks } from './processes.ts';

const rest = Array.from({ length: 18 }, (_, index) => String(index)).join(' ');

it('finds the start time behind a name with spaces and brackets', () => {
  expect(startTicks(`12 (a) b (c)) S ${rest} 4711 0 0`)).toBe('4711');
});

it('counts a zombie as gone', () => {
  expect(startTicks(`12 (a) Z ${rest} 4711 0 0`)).toBeUndefined();
});

it('tells a living process from none', async () => {
  expect(await bornAt(process.pid)).toMatch(/^\d+$/);
  expect(await bornAt(2 ** 22 + 1)).toBeUndefined();
});
