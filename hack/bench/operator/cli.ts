import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { say } from '../../lib/say.ts';
import { CONTENDERS, type ContenderName } from './contender.ts';
import { flatten, medians, table } from './figures.ts';
import { measure, type Measured, type Plan } from './measure.ts';

/** A whole number of at least one from the environment. */
function count(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`LUNA_BENCH_USAGE: ${name} must be a whole number of at least 1`);
  return value;
}

function contenders(): ContenderName[] {
  const wanted = process.env['CONTENDERS']?.split(',');
  return CONTENDERS.filter((name) => wanted?.includes(name) ?? true);
}

const tenants = count('N', 25);
const runs = count('RUNS', 1);
const plan: Plan = { tenants, backlog: Math.min(tenants, count('BACKLOG', 100)), steadySeconds: count('STEADY', 20) };
const measured = new Map<ContenderName, Measured[]>(contenders().map((name) => [name, []]));
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;

say(`${tenants} tenants on ${machine}, load ${loadavg()[0]?.toFixed(1)}`);
for (let run = 1; run <= runs; run += 1) {
  for (const [name, list] of measured) {
    say(`run ${run} of ${runs}: ${name}, load ${loadavg()[0]?.toFixed(1)}`);
    list.push(await measure(name, plan));
  }
  // After every round: a long measurement that is cut short has not been for nothing.
  await tell(run);
}

async function tell(runsDone: number): Promise<void> {
  const results = new Map([...measured].map(([name, list]) => [name, medians(list)]));
  const figures = { tenants, runs: runsDone, ...flatten(results) };
  const folder = join(import.meta.dirname, '../results');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'operator.json'), `${JSON.stringify(figures, null, 2)}\n`);
  const ratios = Object.entries(figures).filter(([name]) => name.startsWith('luna/'));
  console.log(`${table(results)}\n\n${ratios.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`);
}
