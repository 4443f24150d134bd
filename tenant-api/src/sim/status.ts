import { errorMessage } from '@luna-iems/service-kit';
import { readLastSimRuns, readLastWrites, type Database, type LastWrites, type SimRun } from '@luna-iems/tenant-db';
import type { CronJobs, CronJobState } from './cronjobs.ts';

export type SimState = 'running' | 'stopped' | 'mixed' | 'unknown';

export interface SimStatusValue {
  state: SimState;
  cronJobs: CronJobState[];
  lastWrites: LastWrites;
  lastRuns: SimRun[];
  reason?: string;
}

export interface SimDeps {
  db: Database;
  /** Undefined outside a cluster. */
  cronJobs: CronJobs | undefined;
}

/** One word for all CronJobs together. */
export function simState(jobs: readonly Pick<CronJobState, 'suspended'>[]): SimState {
  if (jobs.length === 0) return 'unknown';
  const stopped = jobs.filter((job) => job.suspended).length;
  if (stopped === 0) return 'running';
  return stopped === jobs.length ? 'stopped' : 'mixed';
}

async function cronJobStates(cronJobs: CronJobs | undefined): Promise<{ cronJobs: CronJobState[]; reason?: string }> {
  if (!cronJobs)
    return { cronJobs: [], reason: 'This service does not run in a cluster, so there are no CronJobs to look at.' };
  try {
    return { cronJobs: await cronJobs.read() };
  } catch (error) {
    return { cronJobs: [], reason: errorMessage(error) };
  }
}

/** What the simulation is doing and what it wrote last. */
export async function readSimStatus(deps: SimDeps): Promise<SimStatusValue> {
  const [states, lastWrites, lastRuns] = await Promise.all([
    cronJobStates(deps.cronJobs),
    readLastWrites(deps.db),
    readLastSimRuns(deps.db),
  ]);
  return { state: simState(states.cronJobs), ...states, lastWrites, lastRuns };
}
