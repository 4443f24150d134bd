/**
 * Runs test tiers and ends with `N passed, N failed`.
 * Usage: node hack/test/cli.ts [check] [unit] [service] [kills] [apiserver] [faults] [quiet] [cluster]
 * A failing tier does not stop the next one: a run tells all that it can. `check` is a gate and does.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { checks } from './checks.ts';
import { countVitest, summary, type TierCount } from './report.ts';

const tiers = ['unit', 'service', 'kills', 'apiserver', 'faults', 'quiet', 'cluster'] as const;
type Tier = (typeof tiers)[number];

/**
 * One stage after the other; the lanes of a stage side by side, the tiers of a lane in turn. The tiers on servers spend much of their
 * time waiting (for leases, restarts, time limits), so two of them fit beside each other on two processors.
 */
const stages: readonly (readonly (readonly Tier[])[])[] = [
  [['unit']],
  [['service'], ['apiserver', 'faults']],
  [['kills']],
  [['quiet']],
  [['cluster']],
];

const reports = '.reports';
const faultTable = `${reports}/fault-counts.txt`;
const faultReports = [faultTable, `${reports}/fault-counts.json`, `${reports}/fault-counts`];

type Print = (text: string) => void;

/** What runs beside others has its name before each line. */
const printAs =
  (name: string): Print =>
  (text) =>
    console.log(text.replaceAll(/^/gmu, `${name.padEnd(9)} │ `));

function run(command: string, args: readonly string[]): number {
  const result = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  return result.status ?? 1;
}

async function runPrinting(command: string, args: readonly string[], print: Print): Promise<number> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const tell = async (stream: Readable): Promise<void> => {
    for await (const line of createInterface({ input: stream })) print(line);
  };
  const [[code]] = await Promise.all([once(child, 'close'), tell(child.stdout), tell(child.stderr)]);
  return typeof code === 'number' ? code : 1;
}

interface Run {
  readonly project: string;
  /** Which of its tests; all when left out. */
  readonly only?: readonly string[];
}

async function runProject({ project, only = [] }: Run, print: Print): Promise<TierCount> {
  const file = `${reports}/${project}.json`;
  for (const old of [file, ...(project === 'faults' ? faultReports : [])])
    rmSync(old, { force: true, recursive: true });
  const args = ['run', '--project', project, ...only, '--reporter=default', '--reporter=json'];
  args.push(`--outputFile.json=${file}`);
  print(`\n== ${project}`);
  const exitCode = await runPrinting('node_modules/.bin/vitest', args, print);
  const report = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof countVitest>[1])
    : undefined;
  // Written by the fault suite: what it tried, and what came of it.
  if (project === 'faults' && existsSync(faultTable)) print(readFileSync(faultTable, 'utf8'));
  return countVitest(project, report, exitCode);
}

/** The cluster tier ends with its own life cycle, which takes the cluster down, so only where the tier itself brought it up. */
function runsOf(tier: Tier): Run[] {
  if (tier === 'quiet') return [{ project: 'faults', only: ['-t', 'D2: silence'] }];
  if (tier !== 'cluster') return [{ project: tier }];
  const alreadyUp = run('node', ['hack/cluster/cli.ts', 'status']) === 0;
  if (alreadyUp)
    console.log('A cluster is running: its life cycle (repair, down) is not tested, to leave it as it is.');
  return (alreadyUp ? ['cluster'] : ['cluster', 'lifecycle']).map((project) => ({ project }));
}

async function runLane(lane: readonly Tier[], alone: boolean): Promise<TierCount[]> {
  const counts: TierCount[] = [];
  for (const one of lane.flatMap(runsOf))
    counts.push(await runProject(one, alone ? console.log : printAs(one.project)));
  return counts;
}

async function runStages(asked: readonly string[]): Promise<TierCount[]> {
  const counts: TierCount[] = [];
  for (const stage of stages) {
    const lanes = stage.map((lane) => lane.filter((tier) => asked.includes(tier))).filter((lane) => lane.length > 0);
    const done = await Promise.all(lanes.map((lane) => runLane(lane, lanes.length === 1)));
    counts.push(...done.flat());
  }
  return counts;
}

function passesChecks(): boolean {
  for (const check of checks) {
    console.log(`check: ${check.name}`);
    if (run(check.command, check.args) === 0) continue;
    console.log(`check failed: ${check.name}. ${check.hint}\n0 passed, 1 failed`);
    return false;
  }
  return true;
}

async function main(asked: readonly string[]): Promise<number> {
  const unknown = asked.filter((name) => name !== 'check' && !tiers.includes(name as Tier));
  if (unknown.length > 0 || asked.length === 0) {
    console.error(`usage: node hack/test/cli.ts [check] [${tiers.join('] [')}]`);
    return 2;
  }
  mkdirSync(reports, { recursive: true });
  if (asked.includes('check') && !passesChecks()) return 1;
  const counts = await runStages(asked);
  if (counts.length > 0) console.log(`\n${summary(counts)}`);
  return counts.some((count) => count.failed > 0) ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
