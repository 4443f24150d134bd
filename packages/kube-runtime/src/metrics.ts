import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const queueLabels = ['name', 'controller'] as const;
const queueBuckets = [1e-4, 1e-3, 1e-2, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1000];
const reconcileBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** The instruments, under the names controller-runtime gives them, so that existing dashboards and alerts fit. */
export interface RuntimeMetrics {
  readonly registry: Registry;
  readonly reconcileTotal: Counter<'controller' | 'result'>;
  readonly reconcileErrors: Counter<'controller'>;
  readonly terminalErrors: Counter<'controller'>;
  readonly reconcileTimeouts: Counter<'controller'>;
  readonly reconcileTime: Histogram<'controller'>;
  readonly activeWorkers: Gauge<'controller'>;
  readonly maxConcurrent: Gauge<'controller'>;
  readonly queueDepth: Gauge<'name' | 'controller'>;
  readonly queueAdds: Counter<'name' | 'controller'>;
  readonly queueRetries: Counter<'name' | 'controller'>;
  readonly queueDuration: Histogram<'name' | 'controller'>;
  readonly workDuration: Histogram<'name' | 'controller'>;
  readonly unfinishedWork: Gauge<'name' | 'controller'>;
  readonly longestRunning: Gauge<'name' | 'controller'>;
  readonly restRequests: Counter<'code' | 'method' | 'host'>;
  readonly leaderStatus: Gauge<'name'>;
  readonly reflectorLists: Counter<'kind'>;
  readonly reflectorWatchFailures: Counter<'kind'>;
  /** Runs before every scrape, for gauges that are read, not written; a later update under the same name takes the earlier one's place. */
  onCollect(name: string, update: () => void): void;
}

/**
 * Registers controller_runtime_*, workqueue_*, rest_client_requests_total, leader_election_master_status and reflector_* in
 * `registry`. Call once per registry: prom-client throws on a name that is taken.
 */
export function createRuntimeMetrics(registry: Registry): RuntimeMetrics {
  const updates = new Map<string, () => void>();
  const registers = [registry];
  const byController = { labelNames: ['controller'] as const, registers };
  const byQueue = { labelNames: queueLabels, registers };
  return {
    registry,
    reconcileTotal: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Reconciliations by result',
      labelNames: ['controller', 'result'],
      registers,
    }),
    reconcileErrors: new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Reconciliations that failed',
      ...byController,
    }),
    terminalErrors: new Counter({
      name: 'controller_runtime_terminal_reconcile_errors_total',
      help: 'Reconciliations that failed for good',
      ...byController,
    }),
    reconcileTimeouts: new Counter({
      name: 'controller_runtime_reconcile_timeouts_total',
      help: 'Reconciliations that ran out of time',
      ...byController,
    }),
    reconcileTime: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'Seconds per reconciliation',
      buckets: reconcileBuckets,
      ...byController,
    }),
    activeWorkers: new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Workers that are busy',
      ...byController,
    }),
    maxConcurrent: new Gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Workers there are',
      ...byController,
    }),
    queueDepth: new Gauge({
      name: 'workqueue_depth',
      help: 'Keys that are ready and wait',
      ...byQueue,
      // The first of the gauges that are read rather than written: its hook brings all of them up to date.
      collect: () => updates.forEach((update) => update()),
    }),
    queueAdds: new Counter({ name: 'workqueue_adds_total', help: 'Keys added', ...byQueue }),
    queueRetries: new Counter({
      name: 'workqueue_retries_total',
      help: 'Keys added again after a failure',
      ...byQueue,
    }),
    queueDuration: new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'Seconds a key waited',
      buckets: queueBuckets,
      ...byQueue,
    }),
    workDuration: new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'Seconds a key was worked on',
      buckets: queueBuckets,
      ...byQueue,
    }),
    unfinishedWork: new Gauge({
      name: 'workqueue_unfinished_work_seconds',
      help: 'Seconds of work in progress that workqueue_work_duration_seconds has not seen yet',
      ...byQueue,
    }),
    longestRunning: new Gauge({
      name: 'workqueue_longest_running_processor_seconds',
      help: 'Seconds the oldest running key has taken',
      ...byQueue,
    }),
    restRequests: new Counter({
      name: 'rest_client_requests_total',
      help: 'Requests to the API server',
      labelNames: ['code', 'method', 'host'],
      registers,
    }),
    leaderStatus: new Gauge({
      name: 'leader_election_master_status',
      help: '1 while this process leads',
      labelNames: ['name'],
      registers,
    }),
    reflectorLists: new Counter({
      name: 'reflector_lists_total',
      help: 'Complete lists',
      labelNames: ['kind'],
      registers,
    }),
    reflectorWatchFailures: new Counter({
      name: 'reflector_watch_failures_total',
      help: 'Lists and watches that failed',
      labelNames: ['kind'],
      registers,
    }),
    onCollect: (name, update) => void updates.set(name, update),
  };
}
