/** The servers that the service tier tests against. */
export type ServiceName = 'timescaledb' | 'qdrant' | 'tika' | 'ollama' | 'object-store';

export const serviceNames: readonly ServiceName[] = ['timescaledb', 'qdrant', 'tika', 'ollama', 'object-store'];

/** Secrets of one set of services, made when it is first started. */
export type Credentials = {
  readonly postgres: string;
  readonly qdrant: string;
  readonly qdrantReadOnly: string;
  readonly objectStore: string;
};

/** How one process runs: an image's own entrypoint with its documented variables, on a port of the loopback interface. */
export type ServiceSpec = {
  readonly name: ServiceName;
  /** Name of the image in hack/images. */
  readonly image: ServiceName;
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** Paths in the image that keep their content over a restart, each backed by a folder of the set. */
  readonly volumes: readonly string[];
  /** Paths in the image that are writable and empty at each start. */
  readonly scratch: readonly string[];
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** Seconds until it must answer. */
  readonly startSeconds: number;
};

/** What a test or a person needs to talk to the services: the environment variables of Luna's own processes. */
export type ServiceEnv = Readonly<Record<string, string>>;
