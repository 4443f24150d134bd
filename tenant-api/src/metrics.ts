import type { Metrics } from '@luna-iems/service-kit';

/** What this service measures beside HTTP. */
export interface ApiMetrics {
  observeIngest: (stage: string, seconds: number) => void;
  countIngest: (outcome: string) => void;
  countDifferences: (kind: string, differences: number) => void;
  countOriginals: (what: string) => void;
  observeAsk: (part: string, seconds: number) => void;
  countAsk: (mode: string, evidence: string) => void;
  setPart: (part: string, ok: boolean, seconds: number) => void;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240];

/** Registers the series; labels are closed sets, so that their number stays small. */
export function createApiMetrics(metrics: Metrics): ApiMetrics {
  const ingestSeconds = metrics.histogram({
    name: 'luna_ingest_stage_duration_seconds',
    help: 'Time of one document in one stage of ingest, in seconds',
    labelNames: ['stage'],
    buckets: SECONDS,
  });
  const ingestJobs = metrics.counter({
    name: 'luna_ingest_jobs_total',
    help: 'Ends of ingest jobs by outcome, and their retries',
    labelNames: ['outcome'],
  });
  const differences = metrics.counter({
    name: 'luna_index_differences_total',
    help: 'Differences found between the stored chunks and the vector store, by kind; each was mended',
    labelNames: ['kind'],
  });
  const originals = metrics.counter({
    name: 'luna_original_files_total',
    help: 'Original files moved to the object store or removed from it, and moves that failed',
    labelNames: ['what'],
  });
  const askSeconds = metrics.histogram({
    name: 'luna_ask_part_duration_seconds',
    help: 'Time of one question in one part of answering, in seconds',
    labelNames: ['part'],
    buckets: SECONDS,
  });
  const answers = metrics.counter({
    name: 'luna_ask_answers_total',
    help: 'Answers by mode, and by what the documents carry: clear, doubtful or none',
    labelNames: ['mode', 'evidence'],
  });
  const partUp = metrics.gauge({
    name: 'luna_part_up',
    help: 'Whether a part answered when last asked',
    labelNames: ['part'],
  });
  const partLatency = metrics.gauge({
    name: 'luna_part_latency_seconds',
    help: 'How long a part took to answer when last asked',
    labelNames: ['part'],
  });
  return {
    observeIngest: (stage, seconds) => ingestSeconds.observe({ stage }, seconds),
    countIngest: (outcome) => ingestJobs.inc({ outcome }),
    countDifferences: (kind, found) => differences.inc({ kind }, found),
    countOriginals: (what) => originals.inc({ what }),
    observeAsk: (part, seconds) => askSeconds.observe({ part }, seconds),
    countAsk: (mode, evidence) => answers.inc({ mode, evidence }),
    setPart: (part, ok, seconds) => {
      partUp.set({ part }, ok ? 1 : 0);
      partLatency.set({ part }, seconds);
    },
  };
}
