import type { PriceRow, StoredPrices } from '@luna-iems/series';
import { expect, test } from 'vitest';
import { buildSeries, createMarketSource } from '../build.ts';
import { parseSimConfig } from '../sim-config.ts';
import { collectPrices } from '../testing/collect.ts';

const at = (iso: string): number => Date.parse(iso);
const iso = (tsMs: number | undefined): string => new Date(tsMs ?? Number.NaN).toISOString();
const config = parseSimConfig('');

async function runsAt(times: readonly string[], extra = ''): Promise<PriceRow[]> {
  const rows: PriceRow[] = [];
  for (const time of times) {
    const stored: StoredPrices[] = rows.map(({ market, product, tsMs }) => ({ market, product, tsMs }));
    rows.push(...(await collectPrices(createMarketSource(parseSimConfig(extra)), stored, { nowMs: at(time) })));
  }
  return rows.sort((a, b) => a.product.localeCompare(b.product) || a.tsMs - b.tsMs);
}

test('however runs cut the time, the prices are the same', async () => {
  const start = 'start: 2026-03-27';
  const whole = await runsAt(['2026-03-29T12:00:00Z'], start);
  expect(whole.length).toBeGreaterThan(500);
  const times = ['2026-03-27T01:00:00Z', '2026-03-28T11:54:00Z', '2026-03-28T11:55:00Z', '2026-03-29T12:00:00Z'];
  expect(await runsAt(times, start)).toEqual(whole);
  expect(await runsAt(['2026-03-29T12:00:00Z'], `${start}\nseed: other`)).not.toEqual(whole);
});

test('rows carry what the table means', async () => {
  const rows = await collectPrices(createMarketSource(config), [], { nowMs: at('2026-11-23T10:10:00Z') });
  const find = (product: string): PriceRow | undefined =>
    rows.find((row) => row.product === product && row.tsMs === at('2026-11-23T10:15:00Z'));
  expect(find('DA-15')).toMatchObject({ market: 'DE-LU', resolutionS: 900, publishedMs: at('2026-11-22T11:55:00Z') });
  expect(find('ID-15')).toMatchObject({ resolutionS: 900, publishedMs: at('2026-11-23T10:10:00Z') });
});

test('the hourly product is the mean of its quarters', async () => {
  const both = parseSimConfig(`market:
  series:
    - {market: DE-LU, product: DA-15, kind: day-ahead}
    - {market: DE-LU, product: DA-60, kind: day-ahead, resolution_s: 3600}`);
  const rows = await collectPrices(createMarketSource(both), [], { nowMs: at('2026-11-23T13:00:00Z') });
  const hours = rows.filter(({ product }) => product === 'DA-60');
  expect(hours).toHaveLength(48);
  for (const hour of hours) {
    const quarters = rows.filter(
      ({ product, tsMs }) => product === 'DA-15' && tsMs >= hour.tsMs && tsMs < hour.tsMs + 3_600_000,
    );
    const mean = quarters.reduce((sum, { priceEurMwh }) => sum + (priceEurMwh ?? Number.NaN), 0) / 4;
    expect(hour.priceEurMwh).toBeCloseTo(mean, 1);
  }
});

test.each([60, 95])('the mean of a year is the configured one: %i', (level) => {
  const hourly = `{market: DE-LU, product: DA-60, kind: day-ahead, resolution_s: 3600, level_eur_mwh: ${level}}`;
  const [series] = buildSeries(parseSimConfig(`market: {series: [${hourly}]}`));
  const hours = Array.from({ length: 8760 }, (_, hour) => at('2026-12-31T23:00:00Z') + hour * 3_600_000);
  const mean = hours.reduce((sum, tsMs) => sum + (series?.price(tsMs) ?? Number.NaN), 0) / hours.length;
  expect(Math.abs(mean / level - 1)).toBeLessThan(0.01);
});

const spanOf = async (product: string, now: string, extra = ''): Promise<readonly [string, string, number]> => {
  const rows = (await runsAt([now], extra)).filter((row) => row.product === product);
  return [iso(rows[0]?.tsMs), iso((rows.at(-1)?.tsMs ?? 0) + 900_000), rows.length];
};

test('day-ahead prices reach to the end of today until 12:55 local time, and to the end of tomorrow from then on', async () => {
  expect((await spanOf('DA-15', '2026-11-23T11:54:59Z'))[1]).toBe('2026-11-23T23:00:00.000Z');
  expect((await spanOf('DA-15', '2026-11-23T11:55:00Z'))[1]).toBe('2026-11-24T23:00:00.000Z');
  expect((await spanOf('DA-15', '2026-07-01T10:54:59Z'))[1]).toBe('2026-07-01T22:00:00.000Z');
  expect((await spanOf('DA-15', '2026-07-01T10:55:00Z'))[1]).toBe('2026-07-02T22:00:00.000Z');
});

test.each([
  ['2026-03-28T12:00:00Z', '2026-03-29T22:00:00.000Z', 96 + 92],
  ['2026-10-24T12:00:00Z', '2026-10-25T23:00:00.000Z', 96 + 100],
])('the days when the clocks change: at %s prices reach to %s', async (now, end, quarters) => {
  const [, to, count] = await spanOf('DA-15', now);
  expect([to, count]).toEqual([end, quarters]);
});

test('prices begin at local midnight some days back; intraday reaches to the interval that begins in five minutes', async () => {
  const extra = 'market: {start_days_back: 2}';
  expect((await spanOf('DA-15', '2026-11-23T10:10:00Z', extra))[0]).toBe('2026-11-20T23:00:00.000Z');
  expect((await spanOf('ID-15', '2026-11-23T10:10:00Z', extra))[1]).toBe('2026-11-23T10:30:00.000Z');
});
