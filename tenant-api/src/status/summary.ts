import {
  countOpenIngestJobs,
  countOriginals,
  countTables,
  readLastReconcileRun,
  readLastWrites,
  readSchemaVersion,
  type Database,
  type OriginalCounts,
  type ReconcileRun,
  type TableCounts,
} from '@luna-iems/tenant-db';
import type { Clock } from '@luna-iems/service-kit';
import type { ObjectTally } from '../originals/compare.ts';
import type { Reader, ReaderStatus } from '../ask/reader.ts';
import type { ProfileManager, ProfileStatus } from '../embed/profile-manager.ts';
import type { SearchTuner, TunerStatus } from '../search/tuner.ts';
import type { VectorIndex } from '../search/vector-index.ts';
import type { CronJobs } from '../sim/cronjobs.ts';
import { simState, type SimState } from '../sim/status.ts';
import type { ComponentState, Supervisor } from './supervisor.ts';

export interface SummaryDeps {
  db: Database;
  index: VectorIndex;
  profiles: ProfileManager;
  tuner: Pick<SearchTuner, 'status'>;
  supervisor: Supervisor;
  cronJobs: CronJobs | undefined;
  clock: Clock;
  tenant: string;
  version: string;
  chatModel: string | undefined;
  reader: Reader | undefined;
  /** Where original files go. */
  objectStore: 'off' | 'on' | 'reading';
}

export type Counts = Record<keyof TableCounts | 'points' | 'openJobs', number | null>;

/** The last comparison of the stored chunks with the vector store. */
export interface Reconciled extends Omit<ReconcileRun, 'errorCode' | 'error' | 'complete' | keyof ObjectTally> {
  /** mended: there were differences. incomplete: stopped at its bound and goes on soon. failed: see error. */
  state: 'consistent' | 'mended' | 'incomplete' | 'failed';
  error: string | null;
}

/** Where the original files lie. */
export interface Originals extends OriginalCounts {
  objectStore: SummaryDeps['objectStore'];
  compared: { objects: number; missing: number; orphans: number } | null;
}

export interface Summary {
  tenant: string;
  version: string;
  at: Date;
  ready: boolean;
  schemaVersion: number | null;
  components: Readonly<Record<string, ComponentState>>;
  counts: Counts;
  simulation: { state: SimState; lastWrites: { meter: Date | null; market: Date | null } };
  embedding: ProfileStatus;
  reconcile: Reconciled | null;
  originals: Originals | null;
  search: TunerStatus;
  chat: { model: string | null; mode: 'extractive' | 'generated' };
  /** null where no model reads. */
  reader: ReaderStatus | null;
}

/** A number that is not known now is null, never 0. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  return work.catch(() => null);
}

function stateOf(run: ReconcileRun): Reconciled['state'] {
  if (run.errorCode !== null) return 'failed';
  if (!run.complete) return 'incomplete';
  return run.missing + run.wrong + run.orphans > 0 ? 'mended' : 'consistent';
}

/** The stable code only: messages of other parts carry addresses. */
function reconciled(run: ReconcileRun | undefined | null): Reconciled | null {
  if (!run) return null;
  const { startedAt, finishedAt, chunks, points, missing, wrong, orphans, mended } = run;
  return {
    state: stateOf(run),
    startedAt,
    finishedAt,
    chunks,
    points,
    missing,
    wrong,
    orphans,
    mended,
    error: run.errorCode,
  };
}

function originalsOf(
  counts: OriginalCounts | null,
  run: ReconcileRun | undefined | null,
  objectStore: SummaryDeps['objectStore'],
): Originals | null {
  if (counts === null) return null;
  const { objects, objectsMissing, objectsOrphans } = run ?? { objects: null };
  const compared = objects === null ? null : { objects, missing: objectsMissing ?? 0, orphans: objectsOrphans ?? 0 };
  return { ...counts, objectStore, compared };
}

const noTables: Record<keyof TableCounts, null> = {
  items: null,
  chunks: null,
  events: null,
  smart_meter_readings: null,
  market_prices: null,
  users: null,
};

function modelsOf(
  { chatModel, reader }: SummaryDeps,
  components: Summary['components'],
): Pick<Summary, 'chat' | 'reader'> {
  return {
    chat: { model: chatModel ?? null, mode: components['chat']?.ok === true ? 'generated' : 'extractive' },
    reader: reader?.status() ?? null,
  };
}

/** Asks everything at once and waits for the slowest; parts that are away cost their timeout, not the answer. */
export async function readSummary(deps: SummaryDeps): Promise<Summary> {
  const { db, index, profiles, supervisor, cronJobs, clock, tenant, version } = deps;
  const components = await supervisor.checkAll();
  const database = components['database']?.ok === true;
  const whenThere = <T>(work: () => Promise<T>): Promise<T | null> =>
    database ? orNull(work()) : Promise.resolve(null);
  const [tables, openJobs, schemaVersion, lastWrites, lastRun, originals, points, jobs] = await Promise.all([
    whenThere(() => countTables(db)),
    whenThere(() => countOpenIngestJobs(db)),
    whenThere(() => readSchemaVersion(db)),
    whenThere(() => readLastWrites(db)),
    whenThere(async () => (await readLastReconcileRun(db)) ?? null),
    whenThere(() => countOriginals(db)),
    components['qdrant']?.ok === true ? orNull(index.count()) : null,
    cronJobs ? orNull(cronJobs.read()) : [],
  ]);
  return {
    tenant,
    version,
    at: clock.now(),
    ready: supervisor.readiness().ready,
    schemaVersion,
    components,
    counts: { ...(tables ?? noTables), points, openJobs },
    simulation: { state: simState(jobs ?? []), lastWrites: lastWrites ?? { meter: null, market: null } },
    embedding: profiles.status(),
    reconcile: reconciled(lastRun),
    originals: originalsOf(originals, lastRun, deps.objectStore),
    search: deps.tuner.status(),
    ...modelsOf(deps, components),
  };
}
