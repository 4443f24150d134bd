import { imageVersions } from '../versions.ts';
import { debianArtifact } from './artifacts/debian.ts';
import { largeModelsArtifact } from './artifacts/models-large.ts';
import { modelsArtifact } from './artifacts/models.ts';
import { nodeArtifact } from './artifacts/node.ts';
import { objectStoreArtifact } from './artifacts/object-store.ts';
import { ollamaArtifact } from './artifacts/ollama.ts';
import { qdrantArtifact } from './artifacts/qdrant.ts';
import { tikaArtifact } from './artifacts/tika.ts';
import { largeModels } from './large-models.ts';
import type { Artifact, ImageDefinition, ImageName, StandInName, WorkloadName } from './types.ts';

export const standInNames: readonly StandInName[] = [
  'debian',
  'busybox',
  'node',
  'timescaledb',
  'qdrant',
  'tika',
  'ollama',
  'models',
  'models-large',
  'object-store',
];
export const workloadNames: readonly WorkloadName[] = ['operator', 'tenant-api', 'tenant-sim'];

export type CatalogDeps = {
  /** Text of /proc/cpuinfo. */
  readonly cpuinfo: string;
  /** Whether workloads stand on our own `node` image; else on the base that their Dockerfiles name, which Docker pulls. */
  readonly ownBase: boolean;
  /** Folder of an artifact, made if it is missing. */
  readonly artifactFolder: (name: string, artifact: Artifact) => Promise<string>;
};

/** Every image that we can build, by name, in an order in which bases come first. */
export function catalog({ cpuinfo, ownBase, artifactFolder }: CatalogDeps): ReadonlyMap<ImageName, ImageDefinition> {
  const ollama = ollamaArtifact(cpuinfo);
  const ollamaMade = { key: ollama.key, folder: () => artifactFolder('ollama', ollama) };
  const models = modelsArtifact(ollamaMade);
  const large = largeModelsArtifact(ollamaMade, (name) => artifactFolder(name, largeModels[name]));
  const timescale = { POSTGRES_MAJOR: imageVersions.postgresMajor, TIMESCALEDB: imageVersions.timescaledb };
  const images: ImageDefinition[] = [
    { ...standIn('debian'), artifact: debianArtifact, usualSeconds: 3 },
    { ...standIn('busybox'), base: 'debian', usualSeconds: 3 },
    { ...standIn('node'), base: 'debian', artifact: nodeArtifact, usualSeconds: 7 },
    { ...standIn('timescaledb'), base: 'debian', buildArgs: timescale, usualSeconds: 15 },
    {
      ...standIn('qdrant'),
      base: 'debian',
      include: ['Dockerfile', 'server'],
      artifact: qdrantArtifact,
      usualSeconds: 20,
    },
    { ...standIn('tika'), base: 'debian', artifact: tikaArtifact, usualSeconds: 20 },
    { ...standIn('ollama'), base: 'debian', include: ['Dockerfile'], artifact: ollama, usualSeconds: 8 },
    {
      ...standIn('models'),
      base: 'busybox',
      include: ['Dockerfile', 'copy-models.sh'],
      artifact: models,
      usualSeconds: 5,
    },
    { ...standIn('models-large'), base: 'models', artifact: large, usualSeconds: 30 },
    {
      ...standIn('object-store'),
      base: 'busybox',
      include: ['Dockerfile'],
      artifact: objectStoreArtifact,
      usualSeconds: 5,
    },
    ...workloadNames.map((name): ImageDefinition => ({
      name,
      folder: name,
      include: ['Dockerfile', 'dist'],
      ...(ownBase ? { base: 'node' } : {}),
      usualSeconds: 5,
    })),
  ];
  return new Map(images.map((image) => [image.name, image]));
}

function standIn(name: StandInName): { name: StandInName; folder: string } {
  return { name, folder: `hack/images/${name}` };
}

/** Names in an order in which every base stands before what is built on it, bases included. */
export function withBases(
  names: readonly ImageName[],
  definitions: ReadonlyMap<ImageName, ImageDefinition>,
): ImageDefinition[] {
  const ordered = new Map<ImageName, ImageDefinition>();
  const visit = (name: ImageName): void => {
    const definition = definitions.get(name);
    if (definition === undefined || ordered.has(name)) return;
    if (definition.base !== undefined) visit(definition.base);
    ordered.set(name, definition);
  };
  names.forEach(visit);
  return [...ordered.values()];
}
