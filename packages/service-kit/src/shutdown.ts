import { errorMessage } from './errors.ts';
import type { Logger } from './logger.ts';

export interface ShutdownOptions {
  readonly log: Logger;
  /** Time for all steps together; after it the process exits with 1. Default 25000 (the pod's grace is 30 s). */
  readonly deadlineMs?: number;
  readonly signals?: readonly NodeJS.Signals[];
  /** Ends the process; a test gives its own. */
  readonly exit?: (code: number) => void;
}

export interface Shutdown {
  /** Aborted as soon as the process is asked to stop: pass it to every loop and call. */
  readonly signal: AbortSignal;
  /** Registers a closing step; steps run last-in first-out, one after the other. */
  onShutdown(name: string, close: () => Promise<void> | void): void;
  /** Starts the shutdown by hand; the second call changes nothing. Resolves when all steps ran or the deadline passed. */
  shutdown(reason: string, exitCode?: number): Promise<void>;
  /** Takes the signal handlers away without closing anything. */
  dispose(): void;
}

interface Step {
  readonly name: string;
  readonly close: () => Promise<void> | void;
}

/** Graceful end of a process: SIGTERM and SIGINT abort `signal`, run the closing steps within a deadline and exit. */
export function createShutdown(options: ShutdownOptions): Shutdown {
  const { log, deadlineMs = 25_000, signals = ['SIGTERM', 'SIGINT'] } = options;
  const exit = options.exit ?? ((code: number): void => process.exit(code));
  const controller = new AbortController();
  const steps: Step[] = [];
  let running: Promise<void> | undefined;

  const run = async (reason: string, exitCode: number): Promise<void> => {
    log.info({ reason }, 'shutting down');
    controller.abort(new Error(`shutting down: ${reason}`));
    const outcome = await withDeadline(closeAll(steps, log), deadlineMs);
    dispose();
    if (outcome === 'deadline') log.error({ deadlineMs }, 'shutdown deadline passed');
    exit(outcome === 'closed' ? exitCode : 1);
  };
  const shutdown = (reason: string, exitCode = 0): Promise<void> => (running ??= run(reason, exitCode));
  const onSignal = (name: NodeJS.Signals): void => void shutdown(name);
  const dispose = (): void => signals.forEach((name) => process.removeListener(name, onSignal));
  signals.forEach((name) => process.on(name, onSignal));

  return {
    signal: controller.signal,
    onShutdown: (name, close) => void steps.push({ name, close }),
    shutdown,
    dispose,
  };
}

type Outcome = 'closed' | 'failed' | 'deadline';

/** A failing step is logged and does not stop the ones below it. */
async function closeAll(steps: Step[], log: Logger): Promise<Outcome> {
  let outcome: Outcome = 'closed';
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    try {
      await step.close();
      log.debug({ step: step.name }, 'closed');
    } catch (error) {
      outcome = 'failed';
      log.error({ step: step.name, err: error }, `closing failed: ${errorMessage(error)}`);
    }
  }
  return outcome;
}

async function withDeadline(work: Promise<Outcome>, deadlineMs: number): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve('deadline'), deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
