import type { RuntimeMetrics } from './metrics.ts';
import type { QueueObserver, WorkQueue } from './work-queue.ts';

/** A queue observer that also reads gauges off the queue once it is there. */
export interface QueueMetrics extends QueueObserver {
  watch(queue: WorkQueue): void;
}

/** Feeds workqueue_* for one controller. `runningMs` gives how long each running key has taken so far. */
export function observeQueue(
  metrics: RuntimeMetrics,
  controller: string,
  runningMs: () => readonly number[],
): QueueMetrics {
  const labels = { name: controller, controller };
  return {
    added: () => metrics.queueAdds.inc(labels),
    retried: () => metrics.queueRetries.inc(labels),
    taken: (waitedMs) => metrics.queueDuration.observe(labels, waitedMs / 1000),
    finished: (workedMs) => metrics.workDuration.observe(labels, workedMs / 1000),
    watch: (queue) =>
      metrics.onCollect(controller, () => {
        const running = runningMs();
        metrics.queueDepth.set(labels, queue.counts().ready);
        metrics.unfinishedWork.set(labels, running.reduce((sum, ms) => sum + ms, 0) / 1000);
        metrics.longestRunning.set(labels, Math.max(0, ...running) / 1000);
      }),
  };
}
