/**
 * Runs test tiers one after the other and ends with `N passed, N failed`.
 * Usage: node hack/test/cli.ts [check] [unit] [service] [apiserver] [faults] [cluster]
 * A failing tier does not stop the next one: a run tells all that it can. `check` is a gate and does.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { checks } from './checks.ts';
import { countVitest, summary, type TierCount } from './report.ts';

const tiers = ['unit', 'service', 'apiserver', 'faults', 'cluster'] as const;
type Tier = (typeof tiers)[number];

const reports = '.reports';

function run(command: string, args: readonly string[]): number {
  const result = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  return result.status ?? 1;
}

function runProject(project: string): TierCount {
  const file = `${reports}/${project}.json`;
  rmSync(file, { force: true });
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const exitCode = run('node_modules/.bin/vitest', args);
  const report = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof countVitest>[1])
    : undefined;
  return countVitest(project, report, exitCode);
}

/** The cluster tier ends with its own life cycle, which takes the cluster down, so only where the tier itself brought it up. */
function projectsOf(tier: Tier): string[] {
  if (tier !== 'cluster') return [tier];
  const alreadyUp = run('node', ['hack/cluster/cli.ts', 'status']) === 0;
  if (alreadyUp)
    console.log('A cluster is running: its life cycle (repair, down) is not tested, to leave it as it is.');
  return alreadyUp ? ['cluster'] : ['cluster', 'lifecycle'];
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
    for (const project of projectsOf(tier)) {
      console.log(`\n== ${project}`);
      counts.push(runProject(project));
    }
  }
  if (counts.length > 0) console.log(`\n${summary(counts)}`);
  return counts.some((count) => count.failed > 0) ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
