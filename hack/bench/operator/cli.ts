import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { say } from '../../lib/say.ts';
import { count } from '../settings.ts';
import { CONTENDERS, type ContenderName } from './contender.ts';
import { replaceBlock } from './docs.ts';
import { flatten, medians, table } from './figures.ts';
import { measure, type Measured, type Plan } from './measure.ts';

function contenders(): ContenderName[] {
  const wanted = process.env['CONTENDERS']?.split(',');
  return CONTENDERS.filter((name) => wanted?.includes(name) ?? true);
}

const tenants = count('N', 25);
const runs = count('RUNS', 1);
const plan: Plan = {
  tenants,
  backlog: Math.min(tenants, count('BACKLOG', 100)),
  backlogLimitSeconds: count('BACKLOG_SECONDS', 600),
  steadySeconds: count('STEADY', 20),
};
const measured = new Map<ContenderName, Measured[]>(contenders().map((name) => [name, []]));
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
const load = (): number => loadavg()[0] ?? 0;
const loads: number[] = [];

say(`${tenants} tenants on ${machine}, load ${load().toFixed(1)}`);
for (let run = 1; run <= runs; run += 1) {
  for (const [name, list] of measured) {
    say(`run ${run} of ${runs}: ${name}, load ${load().toFixed(1)}`);
    loads.push(load());
    list.push(await measure(name, plan));
  }
  // After every round: a long measurement that is cut short has not been for nothing.
  await tell(run);
}

async function tell(runsDone: number): Promise<void> {
  const results = new Map([...measured].map(([name, list]) => [name, medians(list)]));
  const figures = {
    tenants,
    runs: runsDone,
    loadMin: Math.min(...loads),
    loadMax: Math.max(...loads),
    ...flatten(results),
  };
  const folder = join(import.meta.dirname, '../results');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'operator.json'), `${JSON.stringify(figures, null, 2)}\n`);
  const ratios = Object.entries(figures).filter(([name]) => name.startsWith('luna/'));
  const told = ratios.map(([name, value]) => `${name}: ${value}`);
  console.log(`${table(results)}\n\n${told.join('\n')}\n`);
  if (process.env['DOCS'] !== undefined) await writeDown(runsDone, results);
}

/** Puts the table into docs/benchmarks.md, with what one must know to judge it. */
async function writeDown(runsDone: number, results: ReadonlyMap<ContenderName, Measured>): Promise<void> {
  const file = join(import.meta.dirname, '../../../docs/benchmarks.md');
  const [low, high] = [Math.min(...loads), Math.max(...loads)].map((value) => value.toFixed(1));
  const day = new Date().toISOString().slice(0, 10);
  const how = `${day}, ${machine}; rounds: ${String(runsDone)}; load average before a measurement: ${low ?? ''} to ${high ?? ''}.`;
  const text = `${how}\n\n${table(results)}`;
  await writeFile(file, replaceBlock(await readFile(file, 'utf8'), `operator ${String(tenants)}`, text));
}
