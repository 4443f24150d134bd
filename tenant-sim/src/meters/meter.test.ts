import type { Reading } from '@luna-iems/tenant-db';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildMeters } from '../build.ts';
import { batchesOf } from '../run/batches.ts';
import { parseSimConfig } from '../sim-config.ts';
import type { Meter } from './meter.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);
const metersOf = (extra = '', meters = ''): Meter[] =>
  buildMeters(
    parseSimConfig(`${extra}
meters:
  interval_s: 60
  groups: [{prefix: home, count: 2}, {prefix: roof, count: 1, pv_kwp: 8}]
  ${meters}`),
  );

const rowsOf = (meter: Meter, from: number, to: number): Reading[] => {
  const rows: Reading[] = [];
  for (let tsMs = from; tsMs < to; tsMs += meter.intervalMs) rows.push(meter.reading(tsMs));
  return rows;
};

test('property: any way of cutting a stretch of time into runs, with fresh processes in any order, gives the same rows', () => {
  const from = at('2026-03-28T22:00:00Z');
  const to = from + 8 * HOUR;
  const whole = metersOf().flatMap((meter) => rowsOf(meter, from, to));
  const minutes = fc.uniqueArray(fc.integer({ min: 1, max: 8 * 60 - 1 }), { maxLength: 6 });
  fc.assert(
    fc.property(minutes, fc.boolean(), fc.integer({ min: 1, max: 700 }), (cuts, backwards, batchRows) => {
      const edges = [from, ...cuts.sort((a, b) => a - b).map((minute) => from + minute * 60_000), to];
      const runs = edges.slice(1).map((end, index) => ({ begin: edges[index] ?? from, end }));
      const pieces = (backwards ? runs.reverse() : runs).flatMap(({ begin, end }) => {
        const spans = metersOf().map((meter) => ({
          from: begin,
          to: end,
          stepMs: meter.intervalMs,
          row: (tsMs: number) => meter.reading(tsMs),
        }));
        return [...batchesOf(spans, batchRows)].flatMap((batch) => batch.rows);
      });
      const order = (a: Reading, b: Reading): number =>
        a.meterId < b.meterId ? -1 : a.meterId > b.meterId ? 1 : a.ts.getTime() - b.ts.getTime();
      expect(pieces.sort(order)).toEqual(whole);
    }),
    { numRuns: 12 },
  );
});

test('another seed is another home; another meter too', () => {
  const noon = at('2026-06-10T10:00:00Z');
  const curve = (meter: Meter | undefined): (number | null)[] =>
    rowsOf(meter as Meter, noon, noon + HOUR).map((row) => row.consumptionKw);
  const [first, second] = metersOf();
  expect(curve(first)).not.toEqual(curve(second));
  expect(curve(first)).not.toEqual(curve(metersOf('seed: other')[0]));
  expect(curve(first)).toEqual(curve(metersOf('seed: luna')[0]));
});

test('meaning of the columns: never negative, missing without any value, voltage within the norm, feed-in only from roofs', () => {
  const from = at('2026-06-10T00:00:00Z');
  for (const meter of metersOf('', 'missing_share: 0.2')) {
    for (const row of rowsOf(meter, from, from + 24 * HOUR)) {
      if (row.quality === 'missing') {
        expect([row.consumptionKw, row.productionKw, row.voltage]).toEqual([null, null, null]);
        continue;
      }
      expect(row).toMatchObject({ quality: 'ok', source: 'sim', intervalS: 60 });
      expect(row.consumptionKw).toBeGreaterThanOrEqual(0);
      expect(row.productionKw).toBeGreaterThanOrEqual(0);
      expect(row.voltage).toBeGreaterThanOrEqual(207);
      expect(row.voltage).toBeLessThanOrEqual(253);
      if (meter.meterId.startsWith('home')) expect(row.productionKw).toBe(0);
    }
  }
});

test('values go missing in bursts, and about as often as asked for', () => {
  const [meter] = metersOf('', 'missing_share: 0.05');
  const from = at('2026-01-01T00:00:00Z');
  const missing = rowsOf(meter as Meter, from, from + 90 * 24 * HOUR).map((row) => row.quality === 'missing');
  const share = missing.filter(Boolean).length / missing.length;
  expect(share).toBeGreaterThan(0.02);
  expect(share).toBeLessThan(0.1);
  const bursts = missing.filter((out, index) => out && missing[index - 1] !== true).length;
  expect(missing.filter(Boolean).length / bursts).toBeGreaterThan(5);
  const never = metersOf('', 'missing_share: 0')[0] as Meter;
  expect(rowsOf(never, from, from + 240 * HOUR).every((row) => row.quality === 'ok')).toBe(true);
}, 60_000);

test('a quarter-hour reading is the mean of its minutes', () => {
  const minute = metersOf('', 'missing_share: 0');
  const quarter = buildMeters(
    parseSimConfig(
      'meters: {interval_s: 900, missing_share: 0, groups: [{prefix: home, count: 2}, {prefix: roof, count: 1, pv_kwp: 8}]}',
    ),
  );
  const from = at('2026-06-10T09:00:00Z');
  minute.forEach((meter, index) => {
    const rows = rowsOf(meter, from, from + 900_000);
    const mean = (key: 'consumptionKw' | 'productionKw'): number =>
      rows.reduce((sum, row) => sum + (row[key] ?? 0), 0) / rows.length;
    const reading = quarter[index]?.reading(from);
    expect(reading?.consumptionKw).toBeCloseTo(mean('consumptionKw'), 2);
    expect(reading?.productionKw).toBeCloseTo(mean('productionKw'), 2);
  });
});

test('roofs feed in at noon and never at night; more in June than in December', () => {
  const roof = metersOf('', 'missing_share: 0').find(({ meterId }) => meterId.startsWith('roof')) as Meter;
  const fedIn = (from: number, hours: number): number =>
    rowsOf(roof, from, from + hours * HOUR).reduce((sum, row) => sum + (row.productionKw ?? 0) / 60, 0);
  expect(fedIn(at('2026-06-10T21:00:00Z'), 5)).toBe(0);
  const june = fedIn(at('2026-06-08T00:00:00Z'), 7 * 24);
  const december = fedIn(at('2026-12-07T00:00:00Z'), 7 * 24);
  expect(june).toBeGreaterThan(50);
  expect(june).toBeGreaterThan(3 * december);
}, 60_000);
