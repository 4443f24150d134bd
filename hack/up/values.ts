/** The images that the chart's values name, by the key that each has there. */
export const chartImages = {
  operator: 'operator',
  tenantApi: 'tenant-api',
  tenantSim: 'tenant-sim',
  timescaledb: 'timescaledb',
  qdrant: 'qdrant',
  tika: 'tika',
  ollama: 'ollama',
  models: 'models',
  objectStore: 'object-store',
} as const;

type ImageName = (typeof chartImages)[keyof typeof chartImages];

/** One built image: what a pod spec calls it and, where the cluster cannot pull, the archive to load. */
export interface BuiltImage {
  readonly name: string;
  readonly ref: string;
}

/**
 * The chart's values for a cluster that runs the images given: exactly these references, and the chart's own pins for the
 * others (on a cluster that can pull, only our three workloads are built here).
 */
export function chartValues(images: readonly BuiltImage[]): { images: Record<string, string> } {
  const byName = new Map(images.map((image) => [image.name, image.ref]));
  const entries = Object.entries(chartImages).flatMap(([key, name]) => {
    const ref = byName.get(name satisfies ImageName);
    return ref === undefined ? [] : [[key, ref] as const];
  });
  return { images: Object.fromEntries(entries) };
}
