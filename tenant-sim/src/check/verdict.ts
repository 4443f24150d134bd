/** A published figure and the range around it that a believable year lies in, both ends included. */
export interface Band {
  readonly group: string;
  readonly statistic: string;
  readonly low: number;
  readonly high: number;
}

export interface Verdict extends Band {
  readonly value: number;
  readonly ok: boolean;
}

/** Judges values against their bands. A value that is not a number is missed. */
export function judged(group: string, rows: readonly (readonly [string, number, number, number])[]): Verdict[] {
  return rows.map(([statistic, value, low, high]) => ({
    group,
    statistic,
    value,
    low,
    high,
    ok: value >= low && value <= high,
  }));
}
