import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteFile } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { createMeterSource } from '../build.ts';
import { parseSimConfig } from '../sim-config.ts';
import { collectReadings } from '../testing/collect.ts';
import { loadSeed, seedIdOf, type LoadedSeed } from './load.ts';

const load = (seed: object): Promise<LoadedSeed> => {
  const [one] = parseSimConfig(JSON.stringify({ seeds: [seed] })).seeds;
  if (one === undefined) throw new Error('no seed');
  return loadSeed(one);
};
const iso = (tsMs: number): string => new Date(tsMs).toISOString();

const GERMAN = [
  '\uFEFFZähler;Zeit;"Bezug (W)";Einspeisung',
  'home-001;25.10.2026 01:45;1.234,5;0',
  'home-001;25.10.2026 02:00;500,25;0',
  'home-001;25.10.2026 02:00;abc;0',
  'home-001;25.10.2026 02:30;600;0',
  'home-001;25.10.2026 02:00;700;0',
  'home-001;25.10.2026 02:30;;',
  'home-001;25.10.2026 03:00;-5;0',
  'home-001;31.02.2026 03:00;5;0',
  'home-001;29.03.2026 02:30;5;0',
  '',
  'home-001;25.10.2026 03:00;800',
  'home-001;25.10.2026 03:15;900;12,5',
].join('\r\n');
const MAPPING = {
  kind: 'readings',
  columns: { meter: 'Zähler', ts: 'Zeit', consumption: 'Bezug (W)', production: 'Einspeisung' },
  power_unit: 'W',
  ts_format: 'german',
  delimiter: ';',
  decimal: ',',
};

test('another delimiter, decimal comma, Berlin times: the good rows arrive, the wrong ones are named by their line', async () => {
  const { source, readings, problems } = await load({ ...MAPPING, text: GERMAN });
  expect(source).toBe('csv');
  expect(readings.map((row) => [iso(row.tsMs), row.consumptionKw, row.quality])).toEqual([
    ['2026-10-24T23:45:00.000Z', 1.2345, 'ok'],
    ['2026-10-25T00:00:00.000Z', 0.50025, 'ok'],
    ['2026-10-25T00:30:00.000Z', 0.6, 'ok'],
    ['2026-10-25T01:00:00.000Z', 0.7, 'ok'],
    ['2026-10-25T01:30:00.000Z', null, 'missing'],
    ['2026-10-25T02:15:00.000Z', 0.9, 'ok'],
  ]);
  expect(readings.at(-1)?.productionKw).toBe(0.0125);
  expect(problems).toEqual([
    { line: 4, reason: 'Bezug (W) is no number: "abc"' },
    { line: 8, reason: 'Bezug (W) is negative: -5; import and feed-in are two columns' },
    { line: 9, reason: 'there is no such time: "31.02.2026 03:00"' },
    { line: 10, reason: 'the clock never showed this time there: "29.03.2026 02:30"' },
    { line: 12, reason: 'it has 3 columns, the header 4' },
  ]);
});

test('the simulation goes on where the file ends, counters too', async () => {
  const text = 'm,t,kwh,counter\nhome-001,2026-06-01T00:00:00Z,0.1,5000\nhome-001,2026-06-01T00:15:00+00:00,0.2,5000.2';
  const columns = { meter: 'm', ts: 't', consumption: 'kwh', energy_import: 'counter' };
  const seed = await load({ kind: 'readings', columns, power_unit: 'kWh', text });
  expect(seed.readings.map(({ consumptionKw }) => consumptionKw)).toEqual([0.4, 0.8]);
  const config = parseSimConfig('meters: {interval_s: 900, missing_share: 0, groups: [{prefix: home, count: 1}]}');
  const { meterId = '', tsMs = 0, intervalS = 0, energyImportKwh } = seed.readings.at(-1) ?? {};
  const counters = { tsMs, intervalS, energyImportKwh: energyImportKwh ?? 0, energyExportKwh: 0 };
  const rows = await collectReadings(createMeterSource(config, [{ meterId, tsMs, intervalS, counters }]), [], {
    nowMs: Date.parse('2026-06-01T01:00:00Z'),
  });
  expect(rows.map(({ tsMs }) => iso(tsMs).slice(11, 16))).toEqual(['00:30', '00:45']);
  expect(rows[0]?.energyImportKwh).toBeCloseTo(5000.2 + (rows[0]?.consumptionKw ?? 0) / 4, 6);
});

test('prices in cents and at the end of the interval', async () => {
  const text = 'zeit|preis\n2026-01-01 00:15|12.5\n2026-01-01 00:30|-1';
  const { prices } = await load({
    kind: 'prices',
    columns: { ts: 'zeit', price: 'preis' },
    price_unit: 'ct/kWh',
    ts_is: 'end',
    delimiter: '|',
    text,
  });
  expect(prices).toMatchObject([
    { market: 'DE-LU', product: 'DA-15', tsMs: Date.parse('2025-12-31T23:00:00Z'), priceEurMwh: 125, resolutionS: 900 },
    { tsMs: Date.parse('2025-12-31T23:15:00Z'), priceEurMwh: -10 },
  ]);
});

test('Parquet likewise, a wrong row named by its number', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'luna-seed-'));
  try {
    const file = join(dir, 'readings.parquet');
    parquetWriteFile({
      filename: file,
      columnData: [
        { name: 'meter', data: ['home-001', 'home-001', 'home-001'], type: 'STRING' },
        { name: 'start', data: ['2026-06-01 00:00', 'yesterday', '2026-06-01 00:30'], type: 'STRING' },
        { name: 'kw', data: [0.5, 0.6, 0.7], type: 'DOUBLE' },
      ],
    });
    const columns = { meter: 'meter', ts: 'start', consumption: 'kw' };
    const { source, readings, problems } = await load({ kind: 'readings', columns, file });
    expect(source).toBe('parquet');
    expect(readings.map((row) => [iso(row.tsMs), row.consumptionKw])).toEqual([
      ['2026-05-31T22:00:00.000Z', 0.5],
      ['2026-05-31T22:30:00.000Z', 0.7],
    ]);
    expect(problems).toEqual([{ line: 2, reason: 'the time is not understood: "yesterday"' }]);
    await expect(load({ kind: 'readings', columns: { ...columns, voltage: 'u' }, file })).rejects.toThrow(
      /has no column u/,
    );
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('a seed has another name when its bytes, its mapping or the live series are others, and else the same', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'luna-seed-'));
  try {
    const file = join(dir, 'prices.csv');
    const idOf = (more: object = {}, live: readonly string[] = []): Promise<string> => {
      const [seed] = parseSimConfig(
        JSON.stringify({ seeds: [{ kind: 'prices', columns: { ts: 't', price: 'p' }, file, ...more }] }),
      ).seeds;
      if (seed === undefined) throw new Error('no seed');
      return seedIdOf(seed, live);
    };
    await writeFile(file, 't,p\n2026-01-01 00:00,1');
    const first = await idOf();
    expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    await writeFile(file, 't,p\n2026-01-01 00:00,1');
    expect(await idOf()).toBe(first);
    const others = [await idOf({ price_unit: 'ct/kWh' }), await idOf({}, ['DE-LU/DA-15'])];
    await writeFile(file, 't,p\n2026-01-01 00:00,2');
    others.push(await idOf());
    expect(new Set([first, ...others]).size).toBe(4);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('a file that is not there, a column that is not in it, and a mapping that cannot be are sentences', async () => {
  await expect(load({ ...MAPPING, file: '/nowhere/x.csv' })).rejects.toMatchObject({ code: 'LUNA_SEED' });
  await expect(load({ ...MAPPING, delimiter: ',', decimal: '.', text: GERMAN })).rejects.toThrow(
    /header has no column Zähler.*delimiter "," right/,
  );
  expect(() => parseSimConfig('seeds: [{kind: readings, columns: {ts: t}}]')).toThrow(
    /needs file.*columns.meter is missing.*neither consumption nor production/,
  );
});
