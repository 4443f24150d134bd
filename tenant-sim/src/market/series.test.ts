import type { Price } from '@luna-iems/tenant-db';
import { expect, test } from 'vitest';
import { buildSeries } from '../build.ts';
import { parseSimConfig } from '../sim-config.ts';
import { createZone } from '../time/zone.ts';
import type { PriceSeries } from './series.ts';

const zone = createZone('Europe/Berlin');
const QUARTER = 900_000;
const at = (iso: string): number => Date.parse(iso);

function seriesOf(seed: string): { dayAhead: PriceSeries; intraday: PriceSeries } {
  const [dayAhead, intraday] = buildSeries(parseSimConfig(`seed: ${seed}`));
  return { dayAhead: dayAhead as PriceSeries, intraday: intraday as PriceSeries };
}

const rowsOf = (series: PriceSeries, from: number, to: number): Price[] => {
  const rows: Price[] = [];
  for (let tsMs = from; tsMs < to; tsMs += QUARTER) rows.push(series.price(tsMs));
  return rows;
};

test('a price is the same whenever and in whatever order it is asked for', () => {
  const from = at('2026-03-28T23:00:00Z');
  const forward = rowsOf(seriesOf('s').intraday, from, from + 24 * 3_600_000);
  const { intraday } = seriesOf('s');
  const backward = [...forward].reverse().map(({ ts }) => intraday.price(ts.getTime()));
  expect(backward.reverse()).toEqual(forward);
  expect(rowsOf(seriesOf('t').intraday, from, from + 24 * 3_600_000)).not.toEqual(forward);
});

test('rows carry what the table means', () => {
  const ts = at('2026-11-23T10:15:00Z');
  expect(seriesOf('s').dayAhead.price(ts)).toMatchObject({
    market: 'DE-LU',
    product: 'DA-15',
    source: 'sim',
    resolutionS: 900,
    ts: new Date(ts),
    publishedAt: new Date('2026-11-22T11:55:00Z'),
  });
  expect(seriesOf('s').intraday.price(ts)).toMatchObject({
    product: 'ID-15',
    publishedAt: new Date('2026-11-23T10:10:00Z'),
  });
});

// Bands for a year of DE-LU prices as published for 2024 and 2025, a little wider than those of the statistics suite to come.
const from = zone.dayStart(at('2025-01-01T12:00:00Z'));
const to = zone.addDays(at('2025-12-31T12:00:00Z'), 1);
const { dayAhead, intraday } = seriesOf('luna');
const quarters = rowsOf(dayAhead, from, to).map((row) => row.priceEurMwh ?? Number.NaN);
const hours = Array.from({ length: quarters.length / 4 }, (_, index) => {
  const value = quarters.slice(4 * index, 4 * index + 4).reduce((sum, quarter) => sum + quarter, 0) / 4;
  return { value, ...zone.local(from + 4 * index * QUARTER) };
});
type HourRow = (typeof hours)[number];
const meanOf = (rows: readonly { value: number }[]): number =>
  rows.reduce((sum, row) => sum + row.value, 0) / rows.length;
const meanWhere = (wanted: (row: HourRow) => boolean): number => meanOf(hours.filter(wanted));

test('the year has 8760 hours, the days of the clock change 23 and 25', () => {
  expect(hours).toHaveLength(8760);
  const count = (month: number, day: number): number =>
    hours.filter((row) => row.month === month && row.day === day).length;
  expect([count(3, 30), count(10, 26), count(6, 1)]).toEqual([23, 25, 24]);
});

test('two humps with a trough at noon, cheaper weekends', () => {
  const hourly = Array.from({ length: 24 }, (_, hour) => meanWhere((row) => row.hour === hour));
  const at24 = (hour: number): number => hourly[hour] ?? Number.NaN;
  expect([18, 19, 20]).toContain(hourly.indexOf(Math.max(...hourly)));
  expect([12, 13, 14]).toContain(hourly.indexOf(Math.min(...hourly)));
  expect(at24(8)).toBeGreaterThan(at24(4));
  expect(at24(8)).toBeGreaterThan(at24(11));
  const weekend = meanWhere((row) => row.weekday >= 5) / meanWhere((row) => row.weekday < 5);
  expect(weekend).toBeGreaterThan(0.58);
  expect(weekend).toBeLessThan(0.82);
});

function runsOf(wanted: (value: number) => boolean): number[] {
  const runs: number[] = [];
  let length = 0;
  for (const { value } of [...hours, { value: Number.NaN }]) {
    if (wanted(value)) length += 1;
    else if (length > 0) {
      runs.push(length);
      length = 0;
    }
  }
  return runs;
}

test('negative prices come in runs of hours, by day, mostly from April to September', () => {
  const negative = hours.filter(({ value }) => value < 0);
  expect(negative.length / hours.length).toBeGreaterThan(0.03);
  expect(negative.length / hours.length).toBeLessThan(0.09);
  expect(negative.filter(({ hour }) => hour >= 10 && hour < 17).length / negative.length).toBeGreaterThan(0.7);
  expect(negative.filter(({ month }) => month > 3 && month < 10).length / negative.length).toBeGreaterThan(0.7);
  expect(meanOf(runsOf((value) => value < 0).map((value) => ({ value })))).toBeGreaterThan(3.5);
});

test('spikes last hours, most of them on evenings and in the winter half-year', () => {
  const spikes = hours.filter(({ value }) => value > 200);
  expect(spikes.length / hours.length).toBeGreaterThan(0.006);
  expect(spikes.length / hours.length).toBeLessThan(0.03);
  expect(meanOf(runsOf((value) => value > 200).map((value) => ({ value })))).toBeGreaterThan(1.7);
  expect(spikes.filter(({ month }) => month < 4 || month > 9).length / spikes.length).toBeGreaterThan(0.55);
  expect(spikes.filter(({ hour }) => hour >= 16 && hour < 21).length / spikes.length).toBeGreaterThan(0.5);
});

test('intraday strays from day-ahead on both sides and stays near it on average', () => {
  const differences = rowsOf(intraday, from, from + 60 * 96 * QUARTER).map((row, index) => ({
    value: (row.priceEurMwh ?? Number.NaN) - (quarters[index] ?? Number.NaN),
  }));
  const mean = meanOf(differences);
  const deviation = Math.sqrt(meanOf(differences.map(({ value }) => ({ value: (value - mean) ** 2 }))));
  expect(Math.abs(mean)).toBeLessThan(4);
  expect(deviation).toBeGreaterThan(12);
  expect(deviation).toBeLessThan(32);
});
