/** Images that we build ourselves where no registry is reached. */
export type StandInName =
  | 'debian'
  | 'busybox'
  | 'node'
  | 'timescaledb'
  | 'qdrant'
  | 'tika'
  | 'ollama'
  | 'models'
  | 'models-large'
  | 'object-store';

/** Images of Luna's own workloads. */
export type WorkloadName = 'operator' | 'tenant-api' | 'tenant-sim';

export type ImageName = StandInName | WorkloadName;

/** One image that exists: in the engine's store under `ref`, and as an archive for `ctr -n k8s.io images import`. */
export type BuiltImage = { readonly name: ImageName; readonly ref: string; readonly archive: string };

/** What `ensureImages` yields, by name. */
export type ImageSet = ReadonlyMap<ImageName, BuiltImage>;

/** Files that an image needs beside its Dockerfile: made once per key, then reused by every build. */
export type Artifact = {
  /** What decides the content, without making it: versions, processor features. */
  readonly key: readonly string[];
  /** Fills an empty folder; nothing of it counts before it returns. */
  readonly make: (folder: string) => Promise<void>;
  readonly usualSeconds: number;
};

export type ImageDefinition = {
  readonly name: ImageName;
  /** Folder with the Dockerfile, relative to the repository's root. */
  readonly folder: string;
  /** Entries of the folder that go into the image; all of them when absent. */
  readonly include?: readonly string[];
  readonly base?: StandInName;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly artifact?: Artifact;
  readonly usualSeconds: number;
};
