/** What a tool that builds images must do for us. All refs are full names with a tag. */
export type Engine = {
  readonly kind: 'buildah' | 'docker';
  readonly has: (ref: string) => Promise<boolean>;
  readonly build: (ref: string, context: string, buildArgs: Readonly<Record<string, string>>) => Promise<void>;
  /** Writes a docker archive that `ctr images import` reads. */
  readonly save: (ref: string, archive: string) => Promise<void>;
  readonly load: (ref: string, archive: string) => Promise<void>;
  /** Lays the image's files out in an empty folder and yields how it wants to be started. */
  readonly unpack: (ref: string, folder: string) => Promise<ImageConfig>;
  readonly list: () => Promise<string[]>;
  readonly remove: (ref: string) => Promise<void>;
  /** Removes what a killed build left: containers and mounts, never a finished image. */
  readonly sweep: () => Promise<void>;
};

/** How an image wants to be started. */
export type ImageConfig = {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `uid:gid`, numeric. */
  readonly user: string;
  readonly workingDir: string;
};

type RawConfig = {
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  Env?: string[] | null;
  User?: string;
  WorkingDir?: string;
};

/** Reads the `config` object of an image, as OCI and Docker write it. */
export function parseImageConfig(raw: unknown): ImageConfig {
  const config = (raw ?? {}) as RawConfig;
  const pairs = (config.Env ?? []).map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return {
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    env: Object.fromEntries(pairs),
    user: config.User === undefined || config.User === '' ? '0:0' : config.User,
    workingDir: config.WorkingDir === undefined || config.WorkingDir === '' ? '/' : config.WorkingDir,
  };
}
