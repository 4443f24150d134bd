/** Counts of one tier, as its runner's own report states them. */
export interface TierCount {
  readonly tier: string;
  readonly passed: number;
  readonly failed: number;
  /** Names of what failed, for the table. */
  readonly failures: readonly string[];
}

interface VitestJson {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Reads a vitest JSON report. A file that failed outside its tests (a syntax error, a failing `beforeAll`) has no failed
 * assertion of its own, so it counts as one failure; so does a run that ended with an error but left no failure behind.
 */
export function countVitest(tier: string, report: VitestJson | undefined, exitCode: number): TierCount {
  if (report === undefined) return { tier, passed: 0, failed: 1, failures: [`${tier}: the runner left no report`] };
  const failures = report.testResults.flatMap((file) => {
    const failed = file.assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName);
    if (failed.length > 0) return failed;
    return file.status === 'failed' ? [`${file.name}: ${(file.message ?? 'failed to run').split('\n')[0] ?? ''}`] : [];
  });
  if (failures.length === 0 && exitCode !== 0) failures.push(`${tier}: the runner exited with ${String(exitCode)}`);
  return { tier, passed: report.numPassedTests, failed: failures.length, failures };
}

/** The closing lines: a row a tier, what failed by name, and the total that CI reads. */
export function summary(counts: readonly TierCount[]): string {
  const width = Math.max(...counts.map((count) => count.tier.length), 4);
  const rows = counts.map(
    (count) =>
      `  ${count.tier.padEnd(width)}  ${String(count.passed).padStart(5)} passed  ${String(count.failed).padStart(4)} failed`,
  );
  const names = counts.flatMap((count) => count.failures.map((name) => `  failed: ${name}`));
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  return [...rows, ...names, `${String(passed)} passed, ${String(failed)} failed`].join('\n');
}
