import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSilentLogger } from '@luna-iems/service-kit';
import { parseSimConfig, simulate } from '@luna-iems/tenant-sim';
import { say } from '../../lib/say.ts';
import { startServices } from '../../services/index.ts';
import { count } from '../settings.ts';
import { askWhileWriting } from './dashboards.ts';
import { backfill, freshTenant, generatorAlone, live, readyRows, type Plan } from './measure.ts';
import { reportOf, sectionOf, withSection, type Figures } from './report.ts';

const results = join(import.meta.dirname, '../results');
const page = join(import.meta.dirname, '../../../docs/benchmarks.md');

async function measure(plan: Plan, rounds: number): Promise<Figures> {
  say(`generator alone: ${plan.meters} meters, ${plan.days} days at 15 minutes`);
  const generator = generatorAlone(plan);
  say(`${generator.rows} rows; one COPY of them, as text and as binary, and the writer alone`);
  const copy = await readyRows(plan, generator.batches, plan.meters * 96);
  say('the simulator: back-fill, then roll-ups');
  const tenant = await freshTenant(plan.ownerUrl, plan.meters * 96);
  try {
    const filled = await backfill(plan, tenant.db);
    await priceYear(tenant.db, plan.days);
    await tenant.db.session((session) => session.script('vacuum analyze'));
    say('live: a run for every minute');
    const lively = await live(plan);
    say('dashboards over the year while another process writes');
    const asked = await askWhileWriting(tenant.db, { url: tenant.url, meters: plan.meters, rounds });
    return { plan, generator, copy, filled, lively, asked };
  } finally {
    await tenant.close();
  }
}

async function priceYear(db: Parameters<typeof backfill>[1], days: number): Promise<void> {
  const config = parseSimConfig(`market: {start_days_back: ${days}}`);
  const clock = { now: () => new Date('2026-11-01T00:00:00Z'), monotonicMs: () => 0 };
  const signal = new AbortController().signal;
  await simulate('market', { db, log: createSilentLogger(), clock, signal, loadConfig: () => Promise.resolve(config) });
}

const folder = await mkdtemp(join(tmpdir(), 'luna-bench-series-'));
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1)} at the start`;
const services = await startServices(['timescaledb'], { dir: join(folder, 'server') });
try {
  const plan: Plan = {
    meters: count('METERS', 100),
    days: count('DAYS', 365),
    minutes: count('MINUTES', 240),
    folder,
    ownerUrl: services.env['DATABASE_URL'] ?? '',
  };
  const figures = await measure(plan, count('ROUNDS', 50));
  const report = reportOf(figures);
  await mkdir(results, { recursive: true });
  await writeFile(join(results, 'series.json'), `${JSON.stringify(report.flat, null, 2)}\n`);
  await writeFile(page, withSection(await readFile(page, 'utf8'), sectionOf(report, { machine })));
  console.log(report.table);
} finally {
  await services.stop();
  await rm(folder, { recursive: true, force: true });
}
