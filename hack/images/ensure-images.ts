import { access, copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolError } from '../lib/errors.ts';
import { withLock } from '../lib/lock.ts';
import { patient } from '../lib/run.ts';
import { createArtifactCache, exists } from './artifact-cache.ts';
import { readCpuinfo } from './artifacts/ollama.ts';
import { bundleWorkspace } from './bundle.ts';
import { catalog, standInNames, withBases, workloadNames } from './catalog.ts';
import { buildahEngine } from './engine-buildah.ts';
import { dockerAnswers, dockerEngine } from './engine-docker.ts';
import type { Engine } from './engine.ts';
import { contentTag, readInputs } from './hash.ts';
import { ensureHostTools } from './host-tools.ts';
import { imagePaths, repository, type ImagePaths } from './paths.ts';
import { consoleProgress, type Progress } from './progress.ts';
import type { BuiltImage, ImageDefinition, ImageName, ImageSet } from './types.ts';

export type ImageBuilder = {
  readonly engine: Engine;
  readonly paths: ImagePaths;
  /** Builds what is missing of `names`; bases come along. Call it under the lock only. */
  readonly ensure: (names: readonly ImageName[]) => Promise<Map<ImageName, BuiltImage>>;
};

/** The images that `ensureImages` builds when it is not told which: all but the base of the stand-ins and the large one. */
export const defaultNames: readonly ImageName[] = [
  ...standInNames.filter((name) => name !== 'debian' && name !== 'models-large'),
  ...workloadNames,
];

/**
 * Builds the images that are missing, one after the other, and yields them all. Bundles the workloads first. Waits for another run
 * that builds. Throws `ToolError` with the end of the failed command's output.
 */
export function ensureImages(names: readonly ImageName[] = defaultNames): Promise<ImageSet> {
  return withImageBuilder(async (builder) => {
    const built = await builder.ensure(names);
    return new Map([...built].filter(([name]) => names.includes(name)));
  });
}

// Longer than any build of everything: whoever holds the lock is alive and at work.
const lockLimitMs = 3 * 3_600_000;

/** Opens the store under the lock, repairs what a killed run left in it, and hands it to `work`. */
export function withImageBuilder<T>(
  work: (builder: ImageBuilder) => Promise<T>,
  progress: Progress = consoleProgress,
): Promise<T> {
  const paths = imagePaths();
  const build = async (): Promise<T> => {
    const engine = await chooseEngine(paths);
    const artifacts = createArtifactCache(paths.artifacts, progress);
    await artifacts.sweep();
    await sweepFolder(paths.archives);
    await sweepFolder(join(paths.root, 'work'));
    const cpuinfo = await readCpuinfo();
    const definitions = catalog({ cpuinfo, ownBase: engine.kind === 'buildah', artifactFolder: artifacts.folder });
    const ensure = async (names: readonly ImageName[]): Promise<Map<ImageName, BuiltImage>> => {
      const built = new Map<ImageName, BuiltImage>();
      for (const definition of withBases(names, definitions)) {
        built.set(
          definition.name,
          await ensureOne(definition, { engine, paths, progress, built, artifactFolder: artifacts.folder }),
        );
      }
      return built;
    };
    return work({ engine, paths, ensure });
  };
  return withLock(paths.lock, build, lockLimitMs);
}

type OneDeps = {
  readonly engine: Engine;
  readonly paths: ImagePaths;
  readonly progress: Progress;
  readonly built: ReadonlyMap<ImageName, BuiltImage>;
  readonly artifactFolder: Parameters<typeof catalog>[0]['artifactFolder'];
};

async function ensureOne(definition: ImageDefinition, deps: OneDeps): Promise<BuiltImage> {
  const { name } = definition;
  const folder = join(repository, definition.folder);
  await requireDockerfile(definition, folder);
  if (definition.folder === name) await bundleWorkspace(name);
  const base = definition.base === undefined ? undefined : deps.built.get(definition.base);
  const args = { ...definition.buildArgs, ...(base === undefined ? {} : { BASE: base.ref }) };
  const tag = contentTag(
    [name, JSON.stringify(args), ...(definition.artifact?.key ?? [])],
    await readInputs(folder, definition.include),
  );
  const image: BuiltImage = {
    name,
    ref: `localhost/luna/${name}:${tag}`,
    archive: join(deps.paths.archives, `${name}-${tag}.tar`),
  };
  if (await exists(image.archive)) return image;

  const artifact = definition.artifact === undefined ? undefined : await deps.artifactFolder(name, definition.artifact);
  if (base !== undefined && !(await deps.engine.has(base.ref))) await deps.engine.load(base.ref, base.archive);
  await deps.progress(`${name}: image`, definition.usualSeconds, async () => {
    await inContext(deps.paths, { folder, include: definition.include, artifact }, (context) =>
      deps.engine.build(image.ref, context, args),
    );
    await saveArchive(deps.engine, image);
  });
  return image;
}

async function requireDockerfile(definition: ImageDefinition, folder: string): Promise<void> {
  await access(join(folder, 'Dockerfile')).catch((cause: unknown) => {
    throw new ToolError(
      'LUNA_NO_DOCKERFILE',
      `${definition.folder}/Dockerfile is missing: image ${definition.name} cannot be built`,
      cause,
    );
  });
}

type ContextParts = {
  readonly folder: string;
  readonly include: readonly string[] | undefined;
  readonly artifact: string | undefined;
};

/** Lays the inputs and the artifact together in a build context, which is gone afterwards. */
async function inContext(
  paths: ImagePaths,
  parts: ContextParts,
  build: (context: string) => Promise<void>,
): Promise<void> {
  const work = join(paths.root, 'work');
  await mkdir(work, { recursive: true });
  const context = await mkdtemp(join(work, '.new-'));
  try {
    for (const { path, executable } of await readInputs(parts.folder, parts.include)) {
      await mkdir(dirname(join(context, path)), { recursive: true });
      await copyFile(join(parts.folder, path), join(context, path));
      await patient.run('chmod', [executable ? '0755' : '0644', join(context, path)]);
    }
    // Hard links: artifacts are large and nobody writes to them.
    if (parts.artifact !== undefined) await patient.run('cp', ['-al', `${parts.artifact}/.`, context]);
    await build(context);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

async function saveArchive(engine: Engine, image: BuiltImage): Promise<void> {
  await mkdir(dirname(image.archive), { recursive: true });
  const fresh = join(dirname(image.archive), `.new-${image.name}.tar`);
  await rm(fresh, { force: true });
  await engine.save(image.ref, fresh);
  await rename(fresh, image.archive);
}

async function chooseEngine(paths: ImagePaths): Promise<Engine> {
  if (await dockerAnswers()) return dockerEngine();
  await ensureHostTools(['buildah']);
  const engine = buildahEngine(paths);
  await engine.sweep();
  return engine;
}

async function sweepFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((entry) => entry.startsWith('.new-')))
    await rm(join(folder, name), { recursive: true, force: true });
}
