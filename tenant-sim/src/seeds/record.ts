/** One row of a file before it is understood: values by the name of their column, and where it stands. */
export interface SeedRecord {
  /** Line of a CSV (the header is line 1), row of a Parquet file (from 1). */
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
  /** Set when the row could not even be cut into its columns. */
  readonly problem?: string;
}

/** A row that was left out, and why, in words for the one who made the file. */
export interface SeedProblem {
  readonly line: number;
  readonly reason: string;
}
