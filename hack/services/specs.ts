import type { Credentials, ServiceEnv, ServiceName, ServiceSpec } from './types.ts';

const loopback = '127.0.0.1';
const owner = 'luna_owner';
const database = 'luna';
const accessKey = 'luna';

/** How each service is started on a port. Pure: the same in every run but for port and secrets. */
export function serviceSpec(name: ServiceName, port: number, secrets: Credentials): ServiceSpec {
  return specs[name](port, secrets);
}

const specs: Record<ServiceName, (port: number, secrets: Credentials) => ServiceSpec> = {
  timescaledb: (port, secrets) => ({
    name: 'timescaledb',
    image: 'timescaledb',
    user: '70:70',
    env: {
      POSTGRES_USER: owner,
      POSTGRES_PASSWORD: secrets.postgres,
      POSTGRES_DB: database,
      PGDATA: '/var/lib/postgresql/data/pgdata',
    },
    // Durability is not the subject of these tests, and fsync on a shared disk is what would make them slow.
    args: [
      'postgres',
      '-c',
      `listen_addresses=${loopback}`,
      '-c',
      `port=${port}`,
      '-c',
      'fsync=off',
      '-c',
      'max_connections=200',
    ],
    volumes: ['/var/lib/postgresql/data'],
    scratch: ['/tmp', '/var/run/postgresql', '/dev/shm'],
    stopSignal: 'SIGINT',
    startSeconds: 90,
  }),
  qdrant: (port, secrets) => ({
    name: 'qdrant',
    image: 'qdrant',
    user: '1000:1000',
    env: {
      QDRANT__SERVICE__HOST: loopback,
      QDRANT__SERVICE__HTTP_PORT: String(port),
      QDRANT__SERVICE__API_KEY: secrets.qdrant,
      QDRANT__SERVICE__READ_ONLY_API_KEY: secrets.qdrantReadOnly,
      QDRANT__STORAGE__STORAGE_PATH: '/qdrant/storage',
    },
    args: [],
    volumes: ['/qdrant/storage'],
    scratch: ['/tmp'],
    stopSignal: 'SIGTERM',
    startSeconds: 30,
  }),
  tika: (port) => ({
    name: 'tika',
    image: 'tika',
    user: '35002:35002',
    env: { TIKA_HOST: loopback },
    args: ['-p', String(port)],
    volumes: [],
    scratch: ['/tmp'],
    stopSignal: 'SIGTERM',
    startSeconds: 90,
  }),
  ollama: (port) => ({
    name: 'ollama',
    image: 'ollama',
    user: '1000:1000',
    env: {
      OLLAMA_HOST: `${loopback}:${port}`,
      OLLAMA_MODELS: '/var/lib/ollama/models',
      HOME: '/tmp',
      OLLAMA_KEEP_ALIVE: '-1',
    },
    args: [],
    volumes: ['/var/lib/ollama/models'],
    scratch: ['/tmp'],
    stopSignal: 'SIGTERM',
    startSeconds: 60,
  }),
  'object-store': (port, secrets) => ({
    name: 'object-store',
    image: 'object-store',
    user: '1000:1000',
    // Its pages for a browser would want a second port.
    env: { MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secrets.objectStore, MINIO_BROWSER: 'off' },
    args: ['server', '/data', '--address', `${loopback}:${port}`],
    volumes: ['/data'],
    scratch: ['/tmp'],
    stopSignal: 'SIGTERM',
    startSeconds: 30,
  }),
};

/** The environment of a process that uses these services, for those that have a port. */
export function serviceEnv(ports: Readonly<Partial<Record<ServiceName, number>>>, secrets: Credentials): ServiceEnv {
  const http = (port: number): string => `http://${loopback}:${port}`;
  return {
    ...(ports.timescaledb === undefined
      ? {}
      : { DATABASE_URL: `postgres://${owner}:${secrets.postgres}@${loopback}:${ports.timescaledb}/${database}` }),
    ...(ports.qdrant === undefined
      ? {}
      : {
          QDRANT_URL: http(ports.qdrant),
          QDRANT_API_KEY: secrets.qdrant,
          QDRANT_READ_ONLY_API_KEY: secrets.qdrantReadOnly,
        }),
    ...(ports.tika === undefined ? {} : { TIKA_URL: http(ports.tika) }),
    ...(ports.ollama === undefined
      ? {}
      : { OLLAMA_URL: http(ports.ollama), EMBEDDING_MODEL: 'all-minilm', EMBEDDING_DIMENSIONS: '384' }),
    ...(ports['object-store'] === undefined
      ? {}
      : {
          S3_ENDPOINT: http(ports['object-store']),
          S3_ACCESS_KEY: accessKey,
          S3_SECRET_KEY: secrets.objectStore,
        }),
  };
}
