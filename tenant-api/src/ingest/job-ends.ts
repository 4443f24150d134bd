import { EventEmitter, once } from 'node:events';

/** Tells those who wait for a job that something has become of it, if it was this process that worked on it. */
export interface JobEnds {
  readonly tell: (jobId: string) => void;
  /** Resolves when the job was told of, or the signal is aborted. */
  readonly heard: (jobId: string, signal: AbortSignal) => Promise<void>;
}

/** Nobody waits yet. */
export function createJobEnds(): JobEnds {
  const bells = new EventEmitter();
  // Everybody who uploads may wait.
  bells.setMaxListeners(0);
  return {
    tell: (jobId) => void bells.emit(jobId),
    heard: (jobId, signal) =>
      once(bells, jobId, { signal }).then(
        () => undefined,
        () => undefined,
      ),
  };
}
