import { errorMessage, sleep, type Clock, type Logger } from '@luna-iems/service-kit';
import { catchUpRollups, expireSeries, type Database } from '@luna-iems/tenant-db';

export interface KeeperDeps {
  db: Database;
  log: Logger;
  clock: Clock;
  /** Pause between two rounds. */
  everyMs: number;
}

/**
 * Keeps the roll-ups of series up to date and drops what is older than it is kept, until the signal. On the `timescale` edition the
 * database's own policies do both and a round costs two empty statements; on `apache` this is the job. Several replicas take turns.
 */
export async function keepSeries(deps: KeeperDeps, signal: AbortSignal): Promise<void> {
  const { db, log, clock, everyMs } = deps;
  while (!signal.aborted) {
    try {
      await catchUpRollups(db, { signal, clock });
      await expireSeries(db, clock.now());
    } catch (error) {
      log.warn({ err: error }, `the roll-ups of series are late: ${errorMessage(error)}`);
    }
    await sleep(everyMs, signal).catch(() => undefined);
  }
}
