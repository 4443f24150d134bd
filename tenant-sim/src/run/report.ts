import type { SimRunProgress } from '@luna-iems/tenant-db';

export interface Report {
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly upTo: Date | null;
  /** How much of the time that is to be filled is filled, in percent. */
  readonly percent: number;
  readonly secondsLeft: number | null;
}

/** How far a run is on its way from its first interval to now, how fast it is and how long it will still take. */
export function reportOf(progress: SimRunProgress, at: { readonly nowMs: number; readonly elapsedMs: number }): Report {
  const { rows, rangeFrom, rangeTo } = progress;
  const seconds = Math.max(at.elapsedMs, 1) / 1000;
  const share = rangeFrom === null || rangeTo === null ? 0 : shareOf(rangeFrom.getTime(), rangeTo.getTime(), at.nowMs);
  return {
    rows,
    rowsPerSecond: Math.round(rows / seconds),
    upTo: rangeTo,
    percent: Math.round(share * 1000) / 10,
    secondsLeft: share > 0 ? Math.round((seconds / share) * (1 - share)) : null,
  };
}

function shareOf(fromMs: number, toMs: number, nowMs: number): number {
  return nowMs <= fromMs ? 1 : Math.min(1, (toMs - fromMs) / (nowMs - fromMs));
}
