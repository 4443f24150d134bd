import { join } from 'node:path';
import { ensureBinaries } from '../cluster/binaries.ts';
import { openCluster } from '../cluster/open.ts';
import { ensureImages } from '../images/index.ts';
import { say } from '../lib/say.ts';
import { ensureRelease } from './release.ts';
import { applyTenant, waitReady } from './tenant.ts';
import { chartValues } from './values.ts';

const root = join(import.meta.dirname, '..', '..');
const workloads = ['operator', 'tenant-api', 'tenant-sim'] as const;

/** What `make up` did: each step with its outcome and its seconds. */
export interface Step {
  readonly name: string;
  readonly outcome: string;
  readonly seconds: number;
}

/**
 * From whatever the machine is in to a cluster with the operator and a sample tenant that is Ready. Each step compares first
 * and changes only what differs, so a second call changes nothing, and a call after a killed one goes on where that ended.
 */
export async function up(): Promise<readonly Step[]> {
  const cluster = await openCluster();
  const steps: Step[] = [];
  const step = async <T>(name: string, work: () => Promise<T>, outcome: (result: T) => string): Promise<T> => {
    say(`${name} …`);
    const started = performance.now();
    const result = await work();
    steps.push({ name, outcome: outcome(result), seconds: Math.round((performance.now() - started) / 1000) });
    return result;
  };

  const bin = await step(
    'programs',
    () => ensureBinaries(cluster.kind === 'kind' ? ['helm', 'kubectl', 'kind'] : undefined),
    () => 'ready',
  );
  process.env['PATH'] = `${bin}:${process.env['PATH'] ?? ''}`;
  // Where images can be pulled only our own are built; the chart names the upstream ones.
  const images = await step(
    'images',
    () => ensureImages(cluster.kind === 'kind' ? workloads : undefined),
    (set) => `${String(set.size)} ready`,
  );
  await step(
    'cluster',
    () => cluster.up(),
    (result) => result,
  );
  process.env['KUBECONFIG'] = cluster.kubeconfig;
  const archives = [...images.values()].map((image) => ({ ref: image.ref, path: image.archive }));
  await step(
    'images in the cluster',
    () => cluster.loadImages(archives),
    () => 'ready',
  );
  const release = {
    name: 'luna-operator',
    namespace: 'luna-system',
    chart: join(root, 'charts', 'luna-operator'),
    values: chartValues([...images.values()]),
  };
  await step(
    'operator',
    () => ensureRelease(release, 'helm'),
    (result) => result,
  );
  const sample = cluster.kind === 'kind' ? 'demo.yaml' : 'demo-offline.yaml';
  await step(
    'sample tenant',
    () => applyTenant(join(root, 'config', 'samples', sample)),
    (result) => result,
  );
  await step(
    'tenant demo',
    () => waitReady('demo', 15 * 60_000, images.get('tenant-api')?.ref),
    () => 'Ready',
  );
  return steps;
}

/** Whether any step changed anything. */
export const changedNothing = (steps: readonly Step[]): boolean =>
  steps.every((step) => !['created', 'repaired', 'installed', 'upgraded', 'applied'].includes(step.outcome));
