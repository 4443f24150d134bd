/**
 * Runs test tiers and ends with `N passed, N failed`.
 * Usage: node hack/test/cli.ts [check] [unit] [service] [kills] [apiserver] [faults] [quiet] [cluster]
 * A failing tier does not stop the next one: a run tells all that it can. `check` is a gate and does.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { openCluster } from '../cluster/open.ts';
import { prepareServices } from '../services/index.ts';
import { setup as compileServers } from './binaries-setup.ts';
import { checks } from './checks.ts';
import { setup as bringUp } from './cluster-setup.ts';
import { countVitest, summary, type TierCount } from './report.ts';

const tiers = ['unit', 'service', 'kills', 'apiserver', 'faults', 'quiet', 'cluster'] as const;
type Tier = (typeof tiers)[number];
/** Of vitest, but for `quiet`, which is one row of `faults`. */
type Project = Tier | 'tenants' | 'lifecycle';

/**
 * One stage after the other, the projects of a stage side by side: tests on servers spend much of their time waiting (for leases,
 * restarts, pods), so two or three fit beside each other on two processors.
 */
const stages: readonly (readonly Project[])[] = [
  ['unit'],
  ['service', 'apiserver', 'faults'],
  ['kills'],
  ['quiet'],
  ['cluster', 'tenants'],
  ['lifecycle'],
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

interface Ran {
  readonly code: number;
  /** All that it printed, both streams as they came. */
  readonly output: string;
}

async function runPrinting(command: string, args: readonly string[], print: Print): Promise<Ran> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const tell = async (stream: Readable): Promise<void> => {
    for await (const line of createInterface({ input: stream })) {
      output += `${line}\n`;
      print(line);
    }
  };
  const [[code]] = await Promise.all([once(child, 'close'), tell(child.stdout), tell(child.stderr)]);
  return { code: typeof code === 'number' ? code : 1, output };
}

async function runProject(project: Project, print: Print): Promise<TierCount> {
  const file = `${reports}/${project}.json`;
  for (const old of [file, ...(project === 'faults' ? faultReports : [])])
    rmSync(old, { force: true, recursive: true });
  const only = project === 'quiet' ? ['faults', '-t', 'D2: silence'] : [project];
  const args = ['run', '--project', ...only, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  print(`\n== ${project}`);
  const { code, output } = await runPrinting('node_modules/.bin/vitest', args, print);
  const report = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof countVitest>[1])
    : undefined;
  // Written by the fault suite: what it tried, and what came of it.
  if (project === 'faults' && existsSync(faultTable)) print(readFileSync(faultTable, 'utf8'));
  return countVitest(project, report, code, output);
}

/** The life cycle of the cluster takes it down, so only where we bring it up ourselves. */
async function projectsOf(asked: readonly Tier[]): Promise<Project[]> {
  if (!asked.includes('cluster')) return [...asked];
  // Where there can be none, the tier says so when its turn comes.
  const state = await openCluster().then(
    async (cluster) => (await cluster.status()).state,
    () => 'absent',
  );
  if (state === 'absent') return [...asked, 'tenants', 'lifecycle'];
  console.log(
    'There is a cluster already: its life cycle (uninstall, repair, down) is not tested, to leave it as it is.',
  );
  return [...asked, 'tenants'];
}

/** What a project runs on, made before its stage starts: beside a build tests would overrun their time limits. */
const preparations: Partial<Record<Project, () => Promise<void>>> = {
  service: prepareServices,
  apiserver: compileServers,
  faults: compileServers,
  cluster: bringUp,
};

/** Without what they run on no test of the stage can pass, and one failure says so. */
async function failureToPrepare(projects: readonly Project[]): Promise<TierCount | undefined> {
  for (const project of projects) {
    try {
      await preparations[project]?.();
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { tier: project, passed: 0, failed: 1, failures: [{ name: `what ${project} runs on`, message }] };
    }
  }
  return undefined;
}

async function runStages(wanted: readonly Project[]): Promise<TierCount[]> {
  const counts: TierCount[] = [];
  for (const stage of stages) {
    const projects = stage.filter((project) => wanted.includes(project));
    const failure = await failureToPrepare(projects);
    const printOf = (project: Project): Print => (projects.length === 1 ? console.log : printAs(project));
    counts.push(
      ...(failure ? [failure] : await Promise.all(projects.map((project) => runProject(project, printOf(project))))),
    );
  }
  return counts;
}

/** All at once: each keeps one processor busy. */
async function passChecks(): Promise<boolean> {
  const passed = await Promise.all(
    checks.map(async ({ name, command, args, hint }) => {
      const { code, output } = await runPrinting(command, args, () => undefined);
      const ok = code === 0;
      console.log(ok ? `check: ${name}` : `${output}check failed: ${name}. ${hint}`);
      return ok;
    }),
  );
  return passed.every(Boolean);
}

async function main(asked: readonly string[]): Promise<number> {
  const unknown = asked.filter((name) => name !== 'check' && !tiers.includes(name as Tier));
  if (unknown.length > 0 || asked.length === 0) {
    console.error(`usage: node hack/test/cli.ts [check] [${tiers.join('] [')}]`);
    return 2;
  }
  mkdirSync(reports, { recursive: true });
  if (asked.includes('check') && !(await passChecks())) {
    console.log('0 passed, 1 failed');
    return 1;
  }
  const counts = await runStages(await projectsOf(tiers.filter((tier) => asked.includes(tier))));
  if (counts.length > 0) console.log(`\n${summary(counts)}`);
  return counts.some((count) => count.failed > 0) ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
