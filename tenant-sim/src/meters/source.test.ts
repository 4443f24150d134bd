import { readingsOf, type ReadingRow } from '@luna-iems/series';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMeterSource } from '../build.ts';
import { parseSimConfig } from '../sim-config.ts';
import { ReadingTable, collectReadings } from '../testing/collect.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);

const EVERYTHING = `
meters:
  interval_s: 60
  missing_share: 0.05
  groups:
    - {prefix: home, count: 2}
    - {prefix: shop, count: 1, profile: business, annual_kwh: 20000}
    - {prefix: roof, count: 1, pv_kwp: 8, battery_kwh: 6, heat_pump_kw: 2, car_kw: 11}`;
const FAULTS = '  faults: {duplicate_share: 0.1, late_share: 0.1, late_minutes: 90, clock_skew_s: 20}';
const configOf = (meters: string, rest = 'start: 2026-03-29'): ReturnType<typeof parseSimConfig> =>
  parseSimConfig(`${rest}\n${meters}`);

/** What is in the table after runs at these times, each in a fresh process that knows the table only. */
async function afterRuns(config: ReturnType<typeof parseSimConfig>, times: readonly number[]): Promise<ReadingTable> {
  const table = new ReadingTable();
  for (const nowMs of times) {
    table.put(await collectReadings(createMeterSource(config), table.stored(), { nowMs, batchRows: 97 }));
  }
  return table;
}

test.each([
  ['as they are', EVERYTHING],
  ['with duplicates, late rows and wrong clocks', `${EVERYTHING}\n${FAULTS}`],
])('property: any way of cutting time into runs of fresh processes gives the same rows, %s', async (_name, meters) => {
  const config = configOf(meters);
  const from = at('2026-03-28T23:00:00Z');
  const to = from + 8 * HOUR;
  const whole = (await afterRuns(config, [to])).rows();
  expect(whole.length).toBeGreaterThan(4 * 8 * 60 * 0.9);
  const minutes = fc.uniqueArray(fc.integer({ min: 1, max: 8 * 60 - 1 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(minutes, async (cuts) => {
      const times = [...cuts.sort((a, b) => a - b).map((minute) => from + minute * 60_000), to];
      expect((await afterRuns(config, times)).rows()).toEqual(whole);
    }),
    { numRuns: 8 },
  );
});

test('minute by minute is the same as in one go, and so are two processes at once', async () => {
  const config = configOf(EVERYTHING);
  const from = at('2026-03-28T23:00:00Z');
  const times = Array.from({ length: 120 }, (_, index) => from + (index + 1) * 60_000);
  const whole = (await afterRuns(config, times.slice(-1))).rows();
  expect((await afterRuns(config, times)).rows()).toEqual(whole);
  const table = new ReadingTable();
  for (const source of [createMeterSource(config), createMeterSource(config)]) {
    for (const batch of source.read({ stored: [], nowMs: from + 2 * HOUR, batchRows: 50 }) as Iterable<never>) {
      table.put(readingsOf(batch));
    }
  }
  expect(table.rows()).toEqual(whole);
});

const rowsOf = (meters: string, from: string, hours: number): Promise<ReadingRow[]> =>
  collectReadings(createMeterSource(configOf(meters, `start: ${from}`)), [], {
    nowMs: at(`${from}T00:00:00Z`) - 2 * HOUR + hours * HOUR,
  });

test('meaning of the columns: never negative, missing without any value, voltage within the norm, feed-in only from roofs', async () => {
  const rows = await rowsOf(EVERYTHING.replace('0.05', '0.2'), '2026-06-10', 24);
  expect(new Set(rows.map(({ quality }) => quality))).toEqual(new Set(['ok', 'missing']));
  for (const row of rows) {
    if (row.quality === 'missing') {
      const { consumptionKw, productionKw, voltage, energyImportKwh, energyExportKwh } = row;
      expect([consumptionKw, productionKw, voltage, energyImportKwh, energyExportKwh]).toEqual(Array(5).fill(null));
      continue;
    }
    expect(row.consumptionKw).toBeGreaterThanOrEqual(0);
    expect(row.productionKw).toBeGreaterThanOrEqual(0);
    expect(row.voltage).toBeGreaterThanOrEqual(207);
    expect(row.voltage).toBeLessThanOrEqual(253);
    if (!row.meterId.startsWith('roof')) expect(row.productionKw).toBe(0);
  }
  expect(rows.some(({ productionKw }) => (productionKw ?? 0) > 1)).toBe(true);
});

test('counters only rise, and by power times time, over gaps too', async () => {
  const rows = await rowsOf(EVERYTHING, '2026-06-10', 48);
  for (const meterId of new Set(rows.map((row) => row.meterId))) {
    const arrived = rows.filter((row) => row.meterId === meterId && row.quality === 'ok');
    arrived.slice(1).forEach((row, index) => {
      const before = arrived[index] as ReadingRow;
      const rise = (row.energyImportKwh ?? 0) - (before.energyImportKwh ?? 0);
      expect(rise).toBeGreaterThanOrEqual(0);
      if (row.tsMs - before.tsMs === 60_000) expect(rise).toBeCloseTo((row.consumptionKw ?? 0) / 60, 6);
    });
    expect(arrived.length).toBeGreaterThan(1000);
  }
});

test('a quarter-hour reading is the mean of its minutes', async () => {
  const homes = 'groups: [{prefix: home, count: 2}, {prefix: roof, count: 1, pv_kwp: 8}]';
  const minutes = await rowsOf(`meters: {interval_s: 60, missing_share: 0, ${homes}}`, '2026-06-10', 24);
  const quarters = await rowsOf(`meters: {interval_s: 900, missing_share: 0, ${homes}}`, '2026-06-10', 24);
  for (const quarter of quarters) {
    const part = minutes.filter(
      ({ meterId, tsMs }) => meterId === quarter.meterId && tsMs >= quarter.tsMs && tsMs < quarter.tsMs + 900_000,
    );
    const mean = part.reduce((sum, row) => sum + (row.consumptionKw ?? 0), 0) / 15;
    expect(quarter.consumptionKw).toBeCloseTo(mean, 2);
  }
});

test('seed, meter and interval matter; a home is another one under another seed', async () => {
  const one = await rowsOf('meters: {interval_s: 900, groups: [{prefix: home, count: 2}]}', '2026-06-10', 24);
  const curve = (rows: readonly ReadingRow[], meterId: string): unknown[] =>
    rows.filter((row) => row.meterId === meterId).map((row) => row.consumptionKw);
  expect(curve(one, 'home-001')).not.toEqual(curve(one, 'home-002'));
  const config = configOf(
    'meters: {interval_s: 900, groups: [{prefix: home, count: 1}]}',
    'seed: other\nstart: 2026-06-10',
  );
  const other = await collectReadings(createMeterSource(config), [], { nowMs: at('2026-06-10T22:00:00Z') });
  expect(curve(other, 'home-001')).not.toEqual(curve(one, 'home-001'));
});

test.each([
  ['2026-03-29', 92],
  ['2026-03-30', 96],
  ['2026-10-25', 100],
  ['2028-02-29', 96],
])('the local day %s has %i quarter-hours', async (day, quarters) => {
  const config = configOf('meters: {interval_s: 900, groups: [{prefix: home, count: 1}]}', `start: ${day}`);
  const next = new Date(Date.parse(day) + 36 * HOUR).toISOString().slice(0, 10);
  const nextStart = configOf('meters: {interval_s: 900, groups: [{prefix: home, count: 1}]}', `start: ${next}`);
  const nowMs = at(`${day}T00:00:00Z`) + 60 * HOUR;
  const rows = await collectReadings(createMeterSource(config), [], { nowMs });
  const later = await collectReadings(createMeterSource(nextStart), [], { nowMs });
  expect(rows.length - later.length).toBe(quarters);
});

test('faults happen about as often as asked for, and never change what is measured', async () => {
  const plain = await afterRuns(configOf(EVERYTHING), [at('2026-03-30T12:00:00Z')]);
  const config = configOf(`${EVERYTHING}\n${FAULTS}`);
  const rows = await collectReadings(createMeterSource(config), [], { nowMs: at('2026-03-30T12:00:00Z') });
  const keys = new Set(rows.map(({ meterId, tsMs }) => `${meterId} ${tsMs}`));
  expect(rows.length / keys.size).toBeGreaterThan(1.05);
  const late = rows.filter(({ receivedMs }) => receivedMs !== null);
  expect(late.length / rows.length).toBeGreaterThan(0.05);
  expect(late.every(({ receivedMs, tsMs }) => (receivedMs ?? 0) > tsMs + 60_000)).toBe(true);
  expect(rows.some(({ tsMs }) => tsMs % 60_000 !== 0)).toBe(true);
  const whole = new Map(plain.rows().map((row) => [`${row.meterId} ${row.tsMs}`, row.consumptionKw]));
  for (const row of rows) {
    expect(row.consumptionKw).toBe(whole.get(`${row.meterId} ${Math.round(row.tsMs / 60_000) * 60_000}`));
  }
});

test('a meter begins at the configured day, or some minutes back; another interval goes on without overlap', async () => {
  const config = parseSimConfig('meters: {interval_s: 5, groups: [{prefix: m, count: 2}]}');
  const nowMs = at('2026-11-23T10:00:03Z');
  const stored = [{ meterId: 'm-002', tsMs: at('2026-11-23T09:30:07Z'), intervalS: 1, counters: null }];
  const rows = await collectReadings(createMeterSource(config), stored, { nowMs });
  const times = (meterId: string): string[] =>
    rows.filter((row) => row.meterId === meterId).map((row) => new Date(row.tsMs).toISOString());
  expect([times('m-001')[0], times('m-001').at(-1)]).toEqual(['2026-11-23T09:00:05.000Z', '2026-11-23T09:59:55.000Z']);
  expect(times('m-002')[0]).toBe('2026-11-23T09:30:10.000Z');
  const ahead = stored.map((row) => ({ ...row, meterId: 'm-001', tsMs: nowMs + HOUR }));
  expect(
    (await collectReadings(createMeterSource(config), ahead, { nowMs })).every(({ meterId }) => meterId === 'm-002'),
  ).toBe(true);
});
