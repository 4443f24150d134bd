import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { systemClock } from '@luna-iems/service-kit';
import {
  readMeterCost,
  readMeterPoints,
  readMeterTotals,
  readPricePoints,
  sql,
  type Database,
} from '@luna-iems/tenant-db';

export interface DashboardFigures {
  readonly name: string;
  readonly p50: number;
  readonly p95: number;
}

const DAY = 86_400_000;
const END = Date.parse('2026-11-01T00:00:00Z');

function back(days: number): { from: Date; to: Date } {
  return { from: new Date(END - days * DAY), to: new Date(END) };
}

const PRICE = { market: 'DE-LU', product: 'DA-15' };

/** What a dashboard asks: one meter and all of them, over a year and over less, with and without money. */
const QUESTIONS: Readonly<Record<string, (db: Database, meterId: string) => Promise<unknown>>> = {
  'one meter, a year by day': (db, meterId) =>
    readMeterPoints(db, { meterId, ...back(365), resolution: '1d', limit: 400 }),
  'one meter, a year by hour': (db, meterId) =>
    readMeterPoints(db, { meterId, ...back(365), resolution: '1h', limit: 10_000 }),
  'one meter, a fortnight by quarter-hour': (db, meterId) =>
    readMeterPoints(db, { meterId, ...back(14), resolution: '15min', limit: 2_000 }),
  'one meter, energy of a year': (db, meterId) => readMeterTotals(db, { meterId, ...back(365), resolution: '1d' }),
  'one meter, cost of a year by day': (db, meterId) =>
    readMeterCost(db, { meterId, ...back(365), ...PRICE, resolution: '1d', hourly: false }),
  'prices, a year by day': (db) => readPricePoints(db, { ...PRICE, ...back(365), resolution: '1d', limit: 400 }),
  'all meters together, a year by day': (db) =>
    db.query(sql`select ts, sum(import_kwh) as kwh, sum(export_kwh) as fed from readings_1d
      where ts >= ${back(365).from} and ts < ${back(365).to} group by ts order by ts`),
  'the ten largest of a year': (db) =>
    db.query(sql`select meter_id, sum(import_kwh) as kwh from readings_1d
      where ts >= ${back(365).from} group by meter_id order by 2 desc limit 10`),
};

/** The writer comes every three seconds: some of its runs must fall into the questions. */
const LEAST_MS = 20_000;

/** Asks every question at least so many times, in turns, while another process writes; ms. */
export async function askWhileWriting(
  db: Database,
  options: { readonly url: string; readonly meters: number; readonly rounds: number },
): Promise<{ figures: DashboardFigures[]; p95: number; rowsMeanwhile: number }> {
  const count = async (): Promise<number> =>
    (await db.query<{ n: number }>(sql`select count(*) as n from smart_meter_readings where ts >= ${new Date(END)}`))[0]
      ?.n ?? 0;
  const writer = spawn(
    process.execPath,
    [join(import.meta.dirname, 'writer.ts'), options.url, String(options.meters)],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const ended = new Promise((resolve) => writer.once('close', resolve));
  try {
    while ((await count()) === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    const before = await count();
    const taken = new Map<string, number[]>(Object.keys(QUESTIONS).map((name) => [name, []]));
    const begin = systemClock.monotonicMs();
    for (let round = 0; round < options.rounds || systemClock.monotonicMs() - begin < LEAST_MS; round += 1) {
      const meterId = `home-${String((round % Math.ceil(options.meters * 0.8)) + 1).padStart(3, '0')}`;
      for (const [name, ask] of Object.entries(QUESTIONS)) {
        const start = systemClock.monotonicMs();
        await ask(db, meterId);
        taken.get(name)?.push(systemClock.monotonicMs() - start);
      }
    }
    const figures = [...taken].map(([name, times]) => ({
      name,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
    }));
    return { figures, p95: quantile([...taken.values()].flat(), 0.95), rowsMeanwhile: (await count()) - before };
  } finally {
    writer.kill('SIGTERM');
    await ended;
  }
}

/** The value below which this share of the sorted values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}
