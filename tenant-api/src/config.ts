import { LunaError, loadEnv, splitList } from '@luna-iems/service-kit';
import { Type, type Static } from 'typebox';

const Env = Type.Object({
  HOST: Type.String({ default: '0.0.0.0', description: 'Address to listen on.' }),
  PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'Port to listen on.' }),
  DATABASE_URL: Type.String({
    pattern: '^postgres(ql)?://',
    description: 'postgres://role@host:5432/luna; the password comes in PGPASSWORD.',
  }),
  QDRANT_URL: Type.String({ pattern: '^https?://', description: 'http://qdrant:6333' }),
  QDRANT_API_KEY: Type.Optional(Type.String()),
  TIKA_URL: Type.String({ pattern: '^https?://', description: 'http://tika:9998' }),
  OLLAMA_URL: Type.String({ pattern: '^https?://', description: 'http://ollama:11434' }),
  EMBEDDING_MODEL: Type.String({ minLength: 1, description: 'Name of the embedding model as Ollama lists it.' }),
  EMBEDDING_DIMENSIONS: Type.Integer({
    minimum: 1,
    maximum: 65536,
    default: 768,
    description: 'Length of its vectors.',
  }),
  CHAT_MODEL: Type.Optional(Type.String({ description: 'Chat model; unset for extractive answers.' })),
  READER_MODEL: Type.Optional(
    Type.String({ description: 'Chat model that says whether a passage answers a question; unset to judge without.' }),
  ),
  CHAT_CONTEXT_TOKENS: Type.Integer({
    default: 8192,
    minimum: 512,
    description: 'Context asked of the chat model, in tokens; its own where that is shorter.',
  }),
  API_KEYS_DIR: Type.String({ default: '/etc/luna/api-keys', description: 'Directory with one file per API key.' }),
  TENANT_NAME: Type.String({ default: 'local', description: 'Name of the tenant, for logs, metrics and the status.' }),
  TENANT_NAMESPACE: Type.Optional(Type.String({ description: 'Namespace of the tenant; unset outside a cluster.' })),
  SIM_CRONJOBS: Type.Optional(
    Type.String({ description: 'CronJobs of the simulator, divided by commas; unset outside a cluster.' }),
  ),
  ALLOW_AGGREGATES: Type.Boolean({ default: false, description: 'The platform allows the export of aggregates.' }),
  UPLOAD_MAX_BYTES: Type.Integer({
    default: 104_857_600,
    minimum: 1,
    description: 'Largest file that is taken, in bytes.',
  }),
  UPLOAD_DIR: Type.String({ default: '/tmp', description: 'Where an upload lies while it arrives.' }),
  OCR_LANGUAGES: Type.String({
    default: 'deu+eng',
    pattern: '^[A-Za-z_]+(\\+[A-Za-z_]+)*$',
    description: 'Languages of scanned documents, as Tesseract names them; the Tika image must have their data.',
  }),
  EXTRACT_TIMEOUT_SECONDS: Type.Integer({
    default: 240,
    minimum: 40,
    maximum: 300,
    description:
      'Time for reading one file, once for its text and once for its pictures. Above 300 Tika itself gives up.',
  }),
  INGEST_CONCURRENCY: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 16,
    description: 'Documents at work at the same time.',
  }),
  INGEST_LEASE_SECONDS: Type.Integer({
    default: 30,
    minimum: 2,
    maximum: 3600,
    description: 'After this silence another worker takes a job over.',
  }),
  RECONCILE_SECONDS: Type.Integer({
    default: 600,
    minimum: 1,
    maximum: 86_400,
    description: 'Time between two comparisons of the stored chunks with the vector store.',
  }),
  S3_ENDPOINT: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'Object store for original files; unset to keep them in the database.',
    }),
  ),
  S3_BUCKET: Type.Optional(Type.String({ minLength: 3, maxLength: 63, description: 'Bucket for them.' })),
  S3_REGION: Type.String({ default: 'us-east-1', minLength: 1, description: 'Region that requests are signed for.' }),
  S3_KEYS_DIR: Type.String({
    default: '/etc/luna/object-store',
    description: 'Directory with the files access-key and secret-key.',
  }),
  S3_CREATE_BUCKET: Type.Boolean({ default: false, description: 'Make the bucket where it is missing.' }),
  S3_STORE: Type.Boolean({
    default: true,
    description: 'false: nothing more goes there; what is there is read and removed as before.',
  }),
  RATE_LIMIT_PER_MINUTE: Type.Integer({ default: 600, minimum: 1, description: 'Requests per API key and minute.' }),
  SERIES_ROUND_SECONDS: Type.Integer({
    default: 60,
    minimum: 1,
    maximum: 3600,
    description: 'Pause between two rounds of rolling up and dropping series.',
  }),
  DRAIN_SECONDS: Type.Integer({
    default: 3,
    minimum: 0,
    maximum: 60,
    description: 'Time between not ready and closed, so that no new request comes.',
  }),
  LOG_LEVEL: Type.String({ default: 'info', pattern: '^(fatal|error|warn|info|debug|trace|silent)$' }),
});

/** Settings of one tenant-api process. */
export interface Config extends Omit<Static<typeof Env>, 'SIM_CRONJOBS'> {
  simCronJobs: string[];
}

/** Reads the settings. Throws `LUNA_CONFIG`, naming every wrong variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const { SIM_CRONJOBS, ...rest } = loadEnv(Env, env, { name: 'environment of tenant-api' });
  const simCronJobs = splitList(SIM_CRONJOBS);
  const bad = simCronJobs.find((name) => !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u.test(name));
  if (bad !== undefined) throw new LunaError('LUNA_CONFIG', `SIM_CRONJOBS: "${bad}" is not a CronJob's name`);
  if ((rest.S3_ENDPOINT === undefined) !== (rest.S3_BUCKET === undefined))
    throw new LunaError('LUNA_CONFIG', 'S3_ENDPOINT and S3_BUCKET: set both or neither');
  return { ...rest, simCronJobs };
}
