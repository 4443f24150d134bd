import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from '../../lib/say.ts';
import { waitFor } from '../../lib/wait.ts';
import { isWrite } from './audit.ts';
import { prepare, start, type ContenderName, type Program, type Running } from './contender.ts';
import { percentile } from './statistics.ts';
import { benchPlatform, benchTenant, childrenTemplate } from './template.ts';
import { CHANGE_LIMIT_MS, FIRST_SCHEDULE, startWorld, type World } from './world.ts';

/** How much is measured. */
export interface Plan {
  tenants: number;
  /** Tenants that are new when changes are measured under a backlog. */
  backlog: number;
  /** After so many seconds a backlog that is not built counts as not finished. */
  backlogLimitSeconds: number;
  steadySeconds: number;
}

/** What one contender did in one run. */
export interface Measured {
  children: number;
  /** From the operator's start until every child of every tenant exists. */
  completeSeconds: number;
  completeCpuSeconds: number;
  /** What the API server and etcd used meanwhile. */
  completeServerCpuSeconds: number;
  completeWrites: number;
  peakMb: number;
  /** Writes and all requests while nothing changes. */
  steadyWrites: number;
  steadyRequests: number;
  steadyCpuSeconds: number;
  /** From the start of a new process until every tenant was reconciled, with everything in place. */
  restartSeconds: number;
  restartCpuSeconds: number;
  restartWrites: number;
  restartPeakMb: number;
  /** From a tenant's change to the changed child, while the operator starts with other tenants to build. */
  backlogP50Seconds: number;
  backlogP99Seconds: number;
  backlogChanges: number;
  /** Changes that were not applied in time; above they count with the time that was waited for them. */
  backlogLate: number;
  /** How long the backlog was given, or took, and how many of its tenants were not complete then. */
  backlogSeconds: number;
  backlogUnfinished: number;
}

interface Stage {
  world: World;
  program: Program;
  env: Record<string, string>;
  names: readonly string[];
  children: number;
}

const SLOW_MS = 1_800_000;
/** Time between two words of progress. */
const TELL_MS = 10_000;
const changePauseMs = 200;

/** Measures one contender on an API server of its own. */
export async function measure(name: ContenderName, plan: Plan): Promise<Measured> {
  const program = await prepare(name);
  const world = await startWorld();
  const dir = await mkdtemp(join(tmpdir(), 'luna-bench-'));
  try {
    const { env, children } = await exportChildren(world, dir);
    const names = Array.from({ length: plan.tenants }, (_, i) => `t${String(i).padStart(4, '0')}`);
    const stage: Stage = { world, program, names, children, env };
    await world.addTenants(names);
    const cold = await coldStart(stage, plan);
    say(`  ${name}: complete after ${cold.completeSeconds.toFixed(1)} s`);
    const warm = await restart(stage);
    say(`  ${name}: verified after ${warm.restartSeconds.toFixed(1)} s`);
    const backlog = await changesUnderBacklog(stage, plan);
    if (backlog.backlogUnfinished > 0) say(`  ${name}: the backlog did not finish in ${plan.backlogLimitSeconds} s`);
    return { children, ...cold, ...warm, ...backlog };
  } finally {
    await world.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function exportChildren(world: World, dir: string): Promise<{ env: Record<string, string>; children: number }> {
  const platform = await benchPlatform();
  const completed = await world.client.create(benchTenant('template', FIRST_SCHEDULE), { dryRun: true });
  const template = childrenTemplate(completed, platform);
  const [file, config] = [join(dir, 'children.json'), join(dir, 'config.yaml')];
  await writeFile(file, JSON.stringify(template));
  await writeFile(config, JSON.stringify(platform));
  const env = { KUBECONFIG: world.kubeconfig, BENCH_TEMPLATE: file, LUNA_CONFIG: config };
  return { env, children: template.length };
}

/** Waits, reading the audit log meanwhile; says how far it is. */
async function until(
  what: string,
  stage: Stage,
  { operator, holds, progress }: { operator: Running; holds: () => boolean; progress?: () => string },
): Promise<void> {
  const ask = async (): Promise<boolean> => {
    operator.check();
    await stage.world.observe();
    return holds();
  };
  const end = performance.now() + SLOW_MS;
  let tellAt = performance.now() + TELL_MS;
  while (!(await ask())) {
    const now = performance.now();
    if (now > end) throw new Error(`LUNA_TIMEOUT: ${what}`);
    if (progress !== undefined && now > tellAt) {
      say(`  ${progress()}`);
      tellAt = now + TELL_MS;
    }
    await pause(250);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Cold = Omit<Measured, 'children' | keyof Warm | keyof Backlog>;
type Warm = Pick<Measured, 'restartSeconds' | 'restartCpuSeconds' | 'restartWrites' | 'restartPeakMb'>;
type Backlog = Pick<Measured, keyof Measured & `backlog${string}`>;

async function coldStart(stage: Stage, plan: Plan): Promise<Cold> {
  const { world, names, children } = stage;
  const wallClock = Date.now();
  const serverCpuBefore = world.serverCpuSeconds();
  const operator = start(stage.program, stage.env);
  try {
    const complete = (): boolean => names.every((tenant) => world.created(tenant) >= children);
    const progress = (): string => {
      const done = names.filter((tenant) => world.created(tenant) >= children).length;
      return `${done} of ${names.length} tenants complete, ${operator.stats().peakMb} MB at most`;
    };
    await until('all tenants are complete', stage, { operator, holds: complete, progress });
    const { cpuSeconds } = operator.stats();
    const completeServerCpuSeconds = world.serverCpuSeconds() - serverCpuBefore;
    const completeSeconds = (world.lastCreation() - wallClock) / 1000;
    const extra = names.find((tenant) => world.created(tenant) !== children);
    if (extra !== undefined)
      throw new Error(`LUNA_BENCH_UNEQUAL: ${extra} has ${world.created(extra)} children, not ${children}`);
    const completeWrites = world.requests.filter(isWrite).length;
    await settled(stage, operator);
    const before = { at: Date.now(), cpu: operator.stats().cpuSeconds };
    await pause(plan.steadySeconds * 1000);
    const after = operator.stats();
    await world.observe();
    const during = world.requests.filter(({ at }) => at >= before.at);
    return {
      completeSeconds,
      completeCpuSeconds: cpuSeconds,
      completeServerCpuSeconds,
      completeWrites,
      peakMb: after.peakMb,
      steadyWrites: during.filter(isWrite).length,
      steadyRequests: during.length,
      steadyCpuSeconds: after.cpuSeconds - before.cpu,
    };
  } finally {
    await operator.stop();
  }
}

/** Statuses and Events may still be on their way: waits for three seconds without a write. */
async function settled(stage: Stage, operator: Running): Promise<void> {
  const lastWrite = (): number => stage.world.requests.findLast(isWrite)?.at ?? 0;
  await until('the operator is quiet', stage, { operator, holds: () => Date.now() - lastWrite() > 3000 });
}

async function restart(stage: Stage): Promise<Warm> {
  const { world, names } = stage;
  await world.observe();
  const before = world.requests.length;
  const operator = start(stage.program, stage.env);
  try {
    let doneAt: number | undefined;
    const done = (): boolean => {
      doneAt = operator.verifiedAt() ?? (operator.reconciled.size >= names.length ? performance.now() : undefined);
      return doneAt !== undefined;
    };
    await waitFor('all tenants are verified', async () => (operator.check(), done()), SLOW_MS);
    const { cpuSeconds } = operator.stats();
    const restartSeconds = ((doneAt ?? 0) - operator.startedAt) / 1000;
    await pause(1000);
    await world.observe();
    const restartWrites = world.requests.slice(before).filter(isWrite).length;
    return { restartSeconds, restartCpuSeconds: cpuSeconds, restartWrites, restartPeakMb: operator.stats().peakMb };
  } finally {
    await operator.stop();
  }
}

async function changesUnderBacklog(stage: Stage, plan: Plan): Promise<Backlog> {
  const { world, names, children } = stage;
  const fresh = Array.from({ length: plan.backlog }, (_, i) => `b${String(i).padStart(4, '0')}`);
  await world.addTenants(fresh);
  const from = performance.now();
  const passed = (): number => (performance.now() - from) / 1000;
  const isOver = (): boolean => passed() > plan.backlogLimitSeconds;
  const operator = start(stage.program, stage.env);
  try {
    const isBegun = (): boolean => fresh.some((tenant) => world.created(tenant) > 0);
    await until('the backlog is begun', stage, { operator, holds: () => isBegun() || isOver() });
    const unfinished = (): number => fresh.filter((tenant) => world.created(tenant) < children).length;
    const changes: Promise<number | undefined>[] = [];
    for (let i = 0; unfinished() > 0 && !isOver(); i += 1) {
      operator.check();
      const tenant = names[i % names.length] ?? '';
      const change = world.changeSchedule(tenant, `${i % 60} ${Math.floor(i / 60) % 24} * * *`);
      change.catch(() => undefined);
      changes.push(change);
      await pause(changePauseMs);
      await world.observe();
    }
    const [backlogSeconds, backlogUnfinished] = [passed(), unfinished()];
    const waits = await Promise.all(changes);
    const seconds = waits.map((ms) => (ms ?? CHANGE_LIMIT_MS) / 1000);
    return {
      backlogP50Seconds: percentile(seconds, 0.5),
      backlogP99Seconds: percentile(seconds, 0.99),
      backlogChanges: seconds.length,
      backlogLate: waits.filter((ms) => ms === undefined).length,
      backlogSeconds,
      backlogUnfinished,
    };
  } finally {
    await operator.stop();
  }
}
