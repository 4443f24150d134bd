/**
 * Runs test tiers one after the other and ends with `N passed, N failed`.
 * Usage: node hack/test/cli.ts [check] [unit] [service] [kills] [apiserver] [faults] [quiet] [cluster]
 * A failing tier does not stop the next one: a run tells all that it can. `check` is a gate and does.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { checks } from './checks.ts';
import { countVitest, summary, type TierCount } from './report.ts';

const tiers = ['unit', 'service', 'kills', 'apiserver', 'faults', 'quiet', 'cluster'] as const;
type Tier = (typeof tiers)[number];

const reports = '.reports';
const faultTable = `${reports}/fault-counts.txt`;
const faultReports = [faultTable, `${reports}/fault-counts.json`, `${reports}/fault-counts`];

function run(command: string, args: readonly string[]): number {
  const result = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  return result.status ?? 1;
}

interface Run {
  readonly project: string;
  /** Which of its tests; all when left out. */
  readonly only?: readonly string[];
}

function runProject({ project, only = [] }: Run): TierCount {
  const file = `${reports}/${project}.json`;
  for (const old of [file, ...(project === 'faults' ? faultReports : [])])
    rmSync(old, { force: true, recursive: true });
  const args = ['run', '--project', project, ...only, '--reporter=default', '--reporter=json'];
  args.push(`--outputFile.json=${file}`);
  const exitCode = run('node_modules/.bin/vitest', args);
  const report = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof countVitest>[1])
    : undefined;
  // Written by the fault suite: what it tried, and what came of it.
  if (project === 'faults' && existsSync(faultTable)) console.log(readFileSync(faultTable, 'utf8'));
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

function main(asked: readonly string[]): number {
  const unknown = asked.filter((name) => name !== 'check' && !tiers.includes(name as Tier));
  if (unknown.length > 0 || asked.length === 0) {
    console.error(`usage: node hack/test/cli.ts [check] [${tiers.join('] [')}]`);
    return 2;
  }
  mkdirSync(reports, { recursive: true });
  if (asked.includes('check')) {
    for (const check of checks) {
      console.log(`check: ${check.name}`);
      if (run(check.command, check.args) !== 0) {
        console.log(`check failed: ${check.name}. ${check.hint}\n0 passed, 1 failed`);
        return 1;
      }
    }
  }
  const counts: TierCount[] = [];
  for (const tier of tiers.filter((name) => asked.includes(name))) {
    for (const one of runsOf(tier)) {
      console.log(`\n== ${one.project}`);
      counts.push(runProject(one));
    }
  }
  if (counts.length > 0) console.log(`\n${summary(counts)}`);
  return counts.some((count) => count.failed > 0) ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
