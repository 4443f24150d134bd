import { createManualClock, createSilentLogger, sleep, systemClock, type Clock } from '@luna-iems/service-kit';
import { createPool } from '@luna-iems/tenant-db';
import { parseSimConfig, simulate } from '@luna-iems/tenant-sim';

/** Writes a minute of all meters at five seconds, over and over, until it is told to stop: a tenant twenty times as busy as it should be. */
const [url = '', meters = '100'] = process.argv.slice(2);
const log = createSilentLogger();
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const db = createPool({ connectionString: url, applicationName: 'bench-writer', log, max: 2 });
const hands = createManualClock('2026-11-01T00:01:00Z');
const clock: Clock = { now: () => hands.now(), monotonicMs: () => systemClock.monotonicMs() };
const config = parseSimConfig(`
seed: live
meters: {interval_s: 5, start_minutes_back: 1, groups: [{prefix: live, count: ${meters}}]}`);
while (!stop.signal.aborted) {
  const roundStart = systemClock.monotonicMs();
  await simulate('meter', { db, log, clock, signal: stop.signal, loadConfig: () => Promise.resolve(config) });
  hands.advance(60_000);
  await sleep(Math.max(0, 3_000 - (systemClock.monotonicMs() - roundStart)), stop.signal).catch(() => undefined);
}
await db.close();
