import { hostname } from 'node:os';
import {
  createHttpClient,
  createMetrics,
  systemClock,
  systemRandom,
  type Clock,
  type HttpClient,
  type Logger,
  type Metrics,
} from '@luna-iems/service-kit';
import { createPool, type Database } from '@luna-iems/tenant-db';
import type { AppDeps } from './app.ts';
import { createChatModel, type ChatModel } from './ask/chat-model.ts';
import { createReader, type Reader, type ReaderDeps } from './ask/reader.ts';
import { createApiKeys } from './auth/api-keys.ts';
import { essentialParts, partChecks, patientParts } from './checks.ts';
import type { Config } from './config.ts';
import { createModelGate, withGate } from './embed/model-gate.ts';
import { createOllama, type Ollama } from './embed/ollama.ts';
import { presetFor } from './embed/presets.ts';
import { createProfileManager, type ProfileManager } from './embed/profile-manager.ts';
import { refill } from './embed/refill.ts';
import { createTika } from './extract/tika.ts';
import { createGate } from './ingest/gate.ts';
import { createJobEnds } from './ingest/job-ends.ts';
import { keepReconciled } from './ingest/keep-reconciled.ts';
import { createIngestWorker, type IngestWorker } from './ingest/worker.ts';
import { createApiMetrics } from './metrics.ts';
import { keepOriginals } from './originals/keep.ts';
import { createS3Keys } from './originals/s3-keys.ts';
import { createObjectStore, type ObjectStore } from './originals/s3.ts';
import { contentRanker } from './recommend/ranker.ts';
import { createSearchTuner, type SearchTuner } from './search/tuner.ts';
import { createVectorIndex, type VectorIndex } from './search/vector-index.ts';
import { cronJobsFromPod } from './sim/cronjobs.ts';
import { keepChecked, type Checked } from './status/keep-checked.ts';
import { createSupervisor, type Supervisor } from './status/supervisor.ts';
import { createVocabulary, type Vocabulary } from './text/compounds.ts';

/** All parts of one process, wired. Nothing of it has contacted anything yet. */
export interface Services {
  app: AppDeps;
  worker: IngestWorker;
  supervisor: Supervisor;
  profiles: ProfileManager;
  /** Undefined where no model reads. */
  reader: Reader | undefined;
  /** Tests the models, and again whenever they are others, until the signal is aborted. */
  keepModels(signal: AbortSignal): Promise<void>;
  /** Compares database and vector store now and then, until the signal is aborted. */
  keepReconciled(signal: AbortSignal): Promise<void>;
  tuner: SearchTuner;
  /** Moves original files to the object store and removes dead ones, until the signal is aborted; nothing where there is none. */
  keepOriginals(signal: AbortSignal): Promise<void>;
  /** Ends connections. */
  close(): Promise<void>;
}

export interface ServicesInput {
  config: Config;
  log: Logger;
  env: Readonly<Record<string, string | undefined>>;
  version: string;
}

interface Parts {
  db: Database;
  vocabulary: Vocabulary;
  index: VectorIndex;
  metrics: Metrics;
  tikaHttp: HttpClient;
  ollamaHttp: HttpClient;
  bucket: Bucket | undefined;
}

/** The object store for original files, and its connections. */
interface Bucket {
  http: HttpClient;
  objects: ObjectStore;
}

function bucketOf({ S3_ENDPOINT: endpoint, S3_BUCKET: bucket, ...config }: Config): Bucket | undefined {
  if (endpoint === undefined || bucket === undefined) return undefined;
  const http = createHttpClient({ name: 'object store', baseUrl: endpoint });
  const keys = createS3Keys({ dir: config.S3_KEYS_DIR, clock: systemClock });
  return { http, objects: createObjectStore({ http, endpoint, bucket, region: config.S3_REGION, keys }) };
}

function connect({ config, log }: ServicesInput): Parts {
  const vocabulary = createVocabulary();
  return {
    db: createPool({ connectionString: config.DATABASE_URL, applicationName: 'tenant-api', log }),
    vocabulary,
    index: createVectorIndex({ url: config.QDRANT_URL, apiKey: config.QDRANT_API_KEY, vocabulary }),
    metrics: createMetrics({ labels: { tenant: config.TENANT_NAME } }),
    tikaHttp: createHttpClient({ name: 'tika', baseUrl: config.TIKA_URL }),
    ollamaHttp: createHttpClient({ name: 'ollama', baseUrl: config.OLLAMA_URL }),
    bucket: bucketOf(config),
  };
}

interface Talkers {
  chat: ChatModel | undefined;
  reader: Reader | undefined;
}

/** Whoever reads needs no more than a few passages. */
const READER_CONTEXT_TOKENS = 4096;

/** Somebody waits for the answer, and quotes in doubt are one. */
const READER_TIMEOUT_MS = 60_000;

/** One model that both writes and reads is one model, with one context: the server would load it anew for another. */
function talkersOf(
  { CHAT_MODEL, READER_MODEL, CHAT_CONTEXT_TOKENS }: Config,
  { observe, ...deps }: { ollama: Ollama; clock: Clock; log: Logger; observe: ReaderDeps['observe'] },
): Talkers {
  const model = (name: string, maxContext: number): ChatModel => createChatModel({ ...deps, name, maxContext });
  const chat = CHAT_MODEL === undefined ? undefined : model(CHAT_MODEL, CHAT_CONTEXT_TOKENS);
  if (READER_MODEL === undefined) return { chat, reader: undefined };
  const reads = READER_MODEL === CHAT_MODEL && chat ? chat : model(READER_MODEL, READER_CONTEXT_TOKENS);
  const reader = createReader({ ...deps, model: reads, name: READER_MODEL, timeoutMs: READER_TIMEOUT_MS, observe });
  return { chat, reader };
}

/** Makes the parts of a process from its settings. */
export function createServices(input: ServicesInput): Services {
  const { config, log, env, version } = input;
  const { db, vocabulary, index, metrics, tikaHttp, ollamaHttp, bucket } = connect(input);
  const objects = bucket?.objects;
  const clock = systemClock;
  const apiMetrics = createApiMetrics(metrics);
  const tika = createTika(tikaHttp, {
    ocrLanguages: config.OCR_LANGUAGES,
    timeoutMs: config.EXTRACT_TIMEOUT_SECONDS * 1000,
  });
  const ollama = withGate(createOllama(ollamaHttp), createModelGate());
  const { chat, reader } = talkersOf(config, { ollama, clock, log, observe: apiMetrics.observeAsk });
  const keys = createApiKeys({ dir: config.API_KEYS_DIR, log, clock });
  const model = config.EMBEDDING_MODEL;
  const preset = presetFor(model, config.EMBEDDING_DIMENSIONS);
  const profiles = createProfileManager({
    ...{ ollama, index, db, log, model, preset },
    refill: (profile, signal) => refill({ db, index, log }, profile, signal),
  });
  const profile = (): ReturnType<ProfileManager['current']> => profiles.current();
  const tuner = createSearchTuner({ db, index, profile, vocabulary, log });
  const supervisor = createSupervisor({
    checks: partChecks({
      ...{ db, index, tika, ollama, profiles, keys, objects, reader },
      ...{ embeddingModel: model, chatModel: config.CHAT_MODEL },
    }),
    essential: essentialParts,
    patient: patientParts,
    log,
    clock,
    observe: apiMetrics.setPart,
  });
  const ready = async (): Promise<void> => supervisor.require('database', 'qdrant', 'tika', 'ollama', 'embedding');
  const name = `${hostname()}-${process.pid}`;
  const ends = createJobEnds();
  const worker = createIngestWorker({
    ...{ db, index, tika, profile, log, clock, gate: createGate() },
    name,
    leaseSeconds: config.INGEST_LEASE_SECONDS,
    concurrency: config.INGEST_CONCURRENCY,
    random: systemRandom,
    observe: apiMetrics.observeIngest,
    count: apiMetrics.countIngest,
    ended: ends.tell,
    ready,
  });
  const app: AppDeps = {
    ...{ db, index, objects, profile, log, clock, metrics, keys, profiles, tuner, supervisor, version },
    countOriginals: apiMetrics.countOriginals,
    objectStore: objects === undefined ? 'off' : config.S3_STORE ? 'on' : 'reading',
    observe: apiMetrics.observeAsk,
    count: (mode, { evidence }) => apiMetrics.countAsk(mode, evidence),
    ranker: contentRanker,
    denseShare: (active, language) => tuner.share(active, language),
    understands: (active, language) => tuner.understands(active, language),
    chatModel: config.CHAT_MODEL,
    ...{ chat, reader },
    cronJobs: cronJobsFromPod(env, config.simCronJobs, config.TENANT_NAMESPACE),
    tenant: config.TENANT_NAME,
    wake: () => worker.wake(),
    heard: ends.heard,
    uploadDir: config.UPLOAD_DIR,
    maxBytes: config.UPLOAD_MAX_BYTES,
    ratePerMinute: config.RATE_LIMIT_PER_MINUTE,
  };
  const close = async (): Promise<void> => {
    await Promise.all([db.close(), tikaHttp.close(), ollamaHttp.close(), bucket?.http.close()]);
  };
  const reconciling = {
    ...{ db, index, objects, profile, log, clock, ready },
    seconds: config.RECONCILE_SECONDS,
    count: apiMetrics.countDifferences,
  };
  const keeping = {
    ...{ db, log, lease: { worker: name, seconds: config.INGEST_LEASE_SECONDS } },
    ...{ moves: config.S3_STORE, createBucket: config.S3_CREATE_BUCKET, count: apiMetrics.countOriginals },
  };
  return {
    ...{ app, worker, supervisor, profiles, reader, tuner, close },
    keepModels: async (signal) => {
      const keep = (checked: Checked | undefined, consequence: string): Promise<void> | undefined =>
        checked && keepChecked(checked, consequence, log, signal);
      await Promise.all([
        keep(profiles, 'nothing can be embedded now'),
        keep(reader, 'the reader cannot be tested; judging by words and vectors'),
      ]);
    },
    keepOriginals: async (signal) => {
      if (objects !== undefined) await keepOriginals({ ...keeping, objects }, signal);
    },
    keepReconciled: (signal) => keepReconciled(reconciling, signal),
  };
}
