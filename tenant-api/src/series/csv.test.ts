import { expect, test } from 'vitest';
import { columnName, csvLine, csvOf } from './csv.ts';

test('cells are quoted where they must be, and what is not there is empty', () => {
  expect(csvLine(['a', 1.5, null, undefined, 'x,y', 'say "no"', 0])).toBe('a,1.5,,,"x,y","say ""no""",0\r\n');
});

test('columns are named as in the database', () => {
  expect(['ts', 'consumptionKw', 'priceEurMwh'].map(columnName)).toEqual(['ts', 'consumption_kw', 'price_eur_mwh']);
});

test('pages follow one head', async () => {
  async function* pages(): AsyncGenerator<{ ts: string; importKwh: number | null }[]> {
    yield [{ ts: 'a', importKwh: 1 }];
    yield [{ ts: 'b', importKwh: null }];
  }
  const lines: string[] = [];
  for await (const line of csvOf(['ts', 'importKwh'], pages())) lines.push(line);
  expect(lines.join('')).toBe('ts,import_kwh\r\na,1\r\nb,\r\n');
});
