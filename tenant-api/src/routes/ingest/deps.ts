import type { Clock } from '@luna-iems/service-kit';
import type { Database } from '@luna-iems/tenant-db';

export interface IngestRouteDeps {
  db: Database;
  clock: Clock;
  /** Tells the worker that there is something to do. */
  wake: () => void;
  /** Resolves when the job may have ended, or the signal is aborted. */
  heard: (jobId: string, signal: AbortSignal) => Promise<void>;
  uploadDir: string;
  maxBytes: number;
}
