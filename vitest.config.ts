import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const everywhere = ['packages/**', 'operator/**', 'tenant-api/**', 'tenant-sim/**', 'hack/**', 'e2e/**'];
const files = (suffix: string): string[] => everywhere.map((dir) => `${dir}/*.${suffix}.ts`);
const notDist = ['**/node_modules/**', '**/dist/**'];

/** A tier on the whole cluster, brought up where it is not. */
const onCluster = (name: string, testTimeout = 600_000): TestProjectInlineConfiguration => ({
  test: {
    name,
    include: files(`${name}.test`),
    exclude: notDist,
    globalSetup: ['hack/test/cluster-setup.ts'],
    fileParallelism: false,
    testTimeout,
    hookTimeout: 900_000,
  },
});

/** One project per tier; the file name decides the tier. Those on servers run one file at a time, beside each other (hack/test/cli.ts). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Pure code keeps nothing between files, so they share their worker's modules: a quarter of the time less.
          isolate: false,
          // Left alone vitest keeps one processor for itself: of two, half.
          maxWorkers: availableParallelism(),
          include: files('test'),
          exclude: [...notDist, '**/*.{service,kills,apiserver,faults,cluster,tenants,lifecycle}.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'service',
          include: files('service.test'),
          exclude: notDist,
          globalSetup: ['hack/test/service-setup.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        // The services below tenant-api killed in the middle of its work: on demand, not in `make test`.
        test: {
          name: 'kills',
          include: files('kills.test'),
          exclude: notDist,
          globalSetup: ['hack/test/service-setup.ts'],
          fileParallelism: false,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'apiserver',
          include: files('apiserver.test'),
          exclude: notDist,
          globalSetup: ['hack/test/apiserver-setup.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      onCluster('cluster'),
      // Beside the cluster tier, which has the sample tenant: these bring tenants of their own.
      onCluster('tenants'),
      {
        test: {
          // Two files side by side: one keeps the processors busy, the other mostly waits. Each has an API server of its own.
          name: 'faults',
          include: files('faults.test'),
          exclude: notDist,
          globalSetup: ['hack/test/binaries-setup.ts'],
          maxWorkers: 2,
          testTimeout: 900_000,
          hookTimeout: 300_000,
        },
      },
      // Takes the operator away, kills, repairs and removes the cluster: alone with it, and only where the tests brought it up.
      onCluster('lifecycle', 900_000),
    ],
  },
});
