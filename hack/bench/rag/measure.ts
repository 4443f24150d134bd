import { sql, type Database } from '@luna-iems/tenant-db';
import { createTestTenant, type TestTenant } from '../../../tenant-api/test/support/tenant.ts';
import { say } from '../../lib/say.ts';
import { waitFor } from '../../lib/wait.ts';
import { percentile } from '../operator/statistics.ts';
import {
  createRawClient,
  embeddedTexts,
  isOfAsk,
  isOfIngest,
  isPreparation,
  onCollection,
  parts,
  type Call,
  type Part,
  type RawClient,
} from './calls.ts';
import type { BenchFile } from './files.ts';
import { runLoad, shared } from './load.ts';
import { startRecorder, type Recorder } from './recorder.ts';
import { createCaller, type Caller, type Learned } from './service.ts';

export interface Plan {
  readonly files: readonly BenchFile[];
  readonly questions: readonly string[];
  /** Callers at a time, a level each. */
  readonly levels: readonly number[];
  /** How often the questions are asked at each level, in turns with the raw calls. */
  readonly rounds: number;
  /** Of the parts themselves. */
  readonly urls: Readonly<Record<Part, string>>;
}

/** Documents into the index, so many uploads at a time; seconds. */
export interface IngestLevel {
  readonly atOnce: number;
  readonly documents: number;
  readonly chunks: number;
  readonly service: number;
  /** Of the same calls to one part alone. */
  readonly raw: Readonly<Record<Part, number>>;
}

/** Questions, so many at a time; milliseconds of each. */
export interface AskLevel {
  readonly atOnce: number;
  /** `POST /rag/ask` without the making of the answer out of its passages. */
  readonly retrieval: readonly number[];
  readonly whole: readonly number[];
  /** The same calls alone: those of retrieval, and all of them. */
  readonly rawRetrieval: readonly number[];
  readonly rawWhole: readonly number[];
  /** Questions a second. */
  readonly perSecond: number;
  readonly rawPerSecond: number;
}

export interface Measured {
  readonly ingest: readonly IngestLevel[];
  readonly ask: readonly AskLevel[];
  readonly chunks: number;
}

const variables: Readonly<Record<Part, string>> = { tika: 'TIKA_URL', ollama: 'OLLAMA_URL', qdrant: 'QDRANT_URL' };
/** Nobody is turned away, and leases are as long as in production, not as in the tests. */
const settings = { RATE_LIMIT_PER_MINUTE: '10000000', INGEST_LEASE_SECONDS: '30', LOG_LEVEL: 'warn' };
const READY_MS = 300_000;
const RAW = 'bench_raw';
/** Documents that Tika reads before anything is measured. */
const WARM_UP = 60;
/** A last chunk that was embedded alone looks like a question and is left out: a little less to do for the raw calls. */
const COMPLETE = 0.98;

/** Starts the service as a process of its own, and ends it as an operator would. */
async function withService<T>(
  tenant: TestTenant,
  urls: Readonly<Partial<Record<Part, string>>>,
  work: (caller: Caller) => Promise<T>,
): Promise<T> {
  const extra = Object.entries(urls).map(([part, url]) => [variables[part as Part], url]);
  const api = await tenant.start({ ...settings, ...(Object.fromEntries(extra) as Record<string, string>) });
  const ready = (): Promise<boolean> =>
    fetch(`${api.url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor('the service being ready', ready, READY_MS);
  const caller = createCaller(api.url, tenant.keys.admin);
  try {
    return await work(caller);
  } finally {
    await caller.close();
    await api.signal('SIGTERM');
  }
}

async function withRecorders<T>(
  plan: Plan,
  work: (urls: Readonly<Record<Part, string>>, calls: Call[]) => Promise<T>,
): Promise<T> {
  const calls: Call[] = [];
  const recorders: Partial<Record<Part, Recorder>> = {};
  try {
    for (const part of parts) recorders[part] = await startRecorder(part, plan.urls[part], calls);
    const urls = Object.fromEntries(Object.entries(recorders).map(([part, { url }]) => [part, url]));
    return await work(urls as Record<Part, string>, calls);
  } finally {
    for (const recorder of Object.values(recorders)) await recorder.close();
  }
}

async function countChunks(db: Database): Promise<number> {
  return (await db.query<{ n: number }>(sql`select count(*)::int as n from item_chunks`))[0]?.n ?? 0;
}

/** Waits until the service has learned this of the languages: what runs beside questions has ended its first round then. */
function learned(caller: Caller, what: keyof Learned): Promise<void> {
  const look = async (): Promise<boolean> => Object.keys((await caller.learned())[what]).length === 2;
  return waitFor(`the measuring of ${what}`, look, READY_MS);
}

/** Told as it goes: a run that is cut off has said what it knew. */
function tell(what: string, seconds: number, of: number): void {
  say(`  ${what}: ${of} in ${seconds.toFixed(1)} s, ${(of / seconds).toFixed(2)} /s`);
}

async function rawStage(raw: RawClient, calls: readonly Call[], part: Part, atOnce: number): Promise<number> {
  const own = calls.filter((call) => call.part === part).map((call) => onCollection(call, RAW));
  return (await runLoad(own, atOnce, (call) => raw.send(call))).seconds;
}

interface Ingested {
  readonly seconds: number;
  /** Made before the first document. */
  readonly preparation: readonly Call[];
  /** Made for the documents. */
  readonly calls: readonly Call[];
}

/** What a started service learns first: of the model, and of the documents where there are some. */
const lessons = (db: Database): Promise<keyof Learned> =>
  countChunks(db).then((chunks) => (chunks > 0 ? 'shares' : 'competence'));

async function ingest(plan: Plan, tenant: TestTenant, files: readonly BenchFile[], atOnce: number): Promise<Ingested> {
  say(`ingest: ${files.length} documents, ${atOnce} at a time`);
  return withRecorders(plan, (urls, calls) =>
    withService(tenant, urls, async (caller) => {
      await learned(caller, await lessons(tenant.db));
      const preparation = calls.splice(0).filter(isPreparation);
      let done = 0;
      const { seconds } = await runLoad(files, atOnce, async (file) => {
        await caller.ingest(file);
        done += 1;
        if (done % 50 === 0) say(`  ${done} of ${files.length}`);
      });
      return { seconds, preparation, calls: calls.filter(isOfIngest) };
    }),
  );
}

/** A process of the service for a level, ended before its calls are made directly: nothing of it runs beside them. */
async function ingestLevel(plan: Plan, tenant: TestTenant, raw: RawClient, level: number): Promise<IngestLevel> {
  const atOnce = plan.levels[level] ?? 1;
  const files = shared(plan.files, plan.levels.length)[level] ?? [];
  const before = await countChunks(tenant.db);
  const { seconds: service, preparation, calls } = await ingest(plan, tenant, files, atOnce);
  const chunks = (await countChunks(tenant.db)) - before;
  const embedded = calls.reduce((sum, call) => sum + embeddedTexts(call), 0);
  if (embedded > chunks || embedded < chunks * COMPLETE)
    throw new Error(`LUNA_BENCH_CALLS: ${embedded} texts were embedded in the recorded calls for ${chunks} chunks`);
  for (const call of preparation) await raw.send(onCollection(call, RAW));
  const seconds: Partial<Record<Part, number>> = {};
  tell('the service', service, files.length);
  for (const part of parts) {
    const alone = await rawStage(raw, calls, part, atOnce);
    tell(`the same calls to ${part} alone`, alone, files.length);
    seconds[part] = alone;
  }
  return { atOnce, documents: files.length, chunks, service, raw: seconds as Record<Part, number> };
}

/** Tika loads its classes over the first documents, each of which takes many times as long as the later ones. */
async function warmTika({ files }: Plan, raw: RawClient): Promise<void> {
  const call = { part: 'tika', method: 'PUT', path: '/rmeta/xml', headers: {} } as const;
  await runLoad(files.slice(0, WARM_UP), 1, ({ content }) => raw.send({ ...call, body: content }));
}

/** The documents are shared out among the levels; each is measured beside its own calls made directly. */
async function measureIngest(plan: Plan, tenant: TestTenant, raw: RawClient): Promise<IngestLevel[]> {
  await warmTika(plan, raw);
  const levels: IngestLevel[] = [];
  for (const level of plan.levels.keys()) levels.push(await ingestLevel(plan, tenant, raw, level));
  await tenant.qdrant.deleteCollection(RAW);
  return levels;
}

/** The calls that the service makes for each question, in order. */
async function recordQuestions(plan: Plan, tenant: TestTenant): Promise<Call[][]> {
  say(`recording the calls of ${plan.questions.length} questions`);
  return withRecorders(plan, (urls, calls) =>
    withService(tenant, urls, async (caller) => {
      await learned(caller, 'shares');
      const recorded: Call[][] = [];
      for (const question of plan.questions) {
        calls.length = 0;
        await caller.ask(question);
        recorded.push(calls.filter(isOfAsk));
      }
      return recorded;
    }),
  );
}

interface Asked {
  readonly retrieval: number[];
  readonly whole: number[];
  seconds: number;
}

async function askRaw(raw: RawClient, recorded: readonly Call[][], atOnce: number, into: Asked): Promise<void> {
  const { seconds, milliseconds } = await runLoad(recorded, atOnce, async (calls) => {
    const start = performance.now();
    for (const call of calls) {
      await raw.send(call);
      // What follows the search belongs to the making of the answer.
      if (call.part === 'qdrant') into.retrieval.push(performance.now() - start);
    }
  });
  into.whole.push(...milliseconds);
  into.seconds += seconds;
}

async function askService(caller: Caller, questions: readonly string[], atOnce: number, into: Asked): Promise<void> {
  const answering: number[] = [];
  const { seconds, milliseconds } = await runLoad(questions, atOnce, async (question, index) => {
    answering[index] = await caller.ask(question);
  });
  into.whole.push(...milliseconds);
  into.retrieval.push(...milliseconds.map((all, index) => all - (answering[index] ?? 0)));
  into.seconds += seconds;
}

/** Questions in rounds: the service, and the same calls made directly, in turns. */
async function measureAsk(plan: Plan, tenant: TestTenant, raw: RawClient): Promise<AskLevel[]> {
  const recorded = await recordQuestions(plan, tenant);
  return withService(tenant, {}, async (caller) => {
    await learned(caller, 'shares');
    say('warming up');
    await runLoad(plan.questions, 8, (question) => caller.ask(question));
    const levels: AskLevel[] = [];
    for (const atOnce of plan.levels) {
      say(`asking ${plan.questions.length} questions ${plan.rounds} times, ${atOnce} at a time`);
      const service: Asked = { retrieval: [], whole: [], seconds: 0 };
      const direct: Asked = { retrieval: [], whole: [], seconds: 0 };
      for (let round = 0; round < plan.rounds; round += 1) {
        await askRaw(raw, recorded, atOnce, direct);
        await askService(caller, plan.questions, atOnce, service);
      }
      for (const [what, asked] of Object.entries({ 'the service': service, 'its calls': direct })) {
        const [retrieval, whole] = [asked.retrieval, asked.whole].map((ms) => percentile(ms, 0.5).toFixed(2));
        tell(`${what}: p50 ${retrieval} ms, whole ${whole} ms`, asked.seconds, asked.whole.length);
      }
      levels.push({
        atOnce,
        ...{ retrieval: service.retrieval, whole: service.whole },
        ...{ rawRetrieval: direct.retrieval, rawWhole: direct.whole },
        perSecond: service.whole.length / service.seconds,
        rawPerSecond: direct.whole.length / direct.seconds,
      });
    }
    return levels;
  });
}

/** Ingest first, then questions to what was ingested. */
export async function measure(plan: Plan): Promise<Measured> {
  const tenant = await createTestTenant();
  const raw = createRawClient(plan.urls);
  try {
    const ingest = await measureIngest(plan, tenant, raw);
    const ask = await measureAsk(plan, tenant, raw);
    return { ingest, ask, chunks: await countChunks(tenant.db) };
  } finally {
    await raw.close();
    await tenant.stop();
  }
}
