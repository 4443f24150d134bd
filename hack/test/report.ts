import { stripVTControlCharacters } from 'node:util';

/** Counts of one tier, as its runner's own report states them. */
export interface TierCount {
  readonly tier: string;
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
}

interface Failure {
  readonly name: string;
  /** What the runner says about it. */
  readonly message: string;
}

interface VitestJson {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/**
 * Reads a vitest JSON report. A file that failed outside its tests (a syntax error, a failing `beforeAll`) has no failed
 * assertion of its own, so it counts as one failure; so does a run that ended with an error but left no failure behind (a set-up that
 * fails), and that one is told by what the runner printed.
 */
export function countVitest(tier: string, report: VitestJson | undefined, exitCode: number, output: string): TierCount {
  const ofRunner = (what: string): Failure => ({ name: `${tier}: the runner ${what}`, message: errorIn(output) });
  if (report === undefined) return { tier, passed: 0, failed: 1, failures: [ofRunner('left no report')] };
  const failures = report.testResults.flatMap((file): Failure[] => {
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    if (failed.length > 0)
      return failed.map((test) => ({ name: test.fullName, message: (test.failureMessages ?? []).join('\n') }));
    return file.status === 'failed' ? [{ name: file.name, message: file.message ?? 'failed to run' }] : [];
  });
  if (failures.length === 0 && exitCode !== 0) failures.push(ofRunner(`exited with ${String(exitCode)}`));
  return { tier, passed: report.numPassedTests, failed: failures.length, failures };
}

/** What vitest says of an error outside all tests, without the lines of code it shows beside; all that was printed if it says nothing. */
function errorIn(output: string): string {
  const [, told = output] = stripVTControlCharacters(output).split(/^.*Unhandled Errors?.*$/mu);
  return told.split(/^ *❯ /mu)[0] ?? told;
}

const FIRST_LINES = 3;
const LAST_LINES = 9;
const LINE_LENGTH = 240;

/** Its beginning and its end: whoever only sees the end of a run's output should see why it failed. */
function excerpt(message: string): string[] {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const shown =
    lines.length <= FIRST_LINES + LAST_LINES + 1
      ? lines
      : [
          ...lines.slice(0, FIRST_LINES),
          `… ${lines.length - FIRST_LINES - LAST_LINES} lines …`,
          ...lines.slice(-LAST_LINES),
        ];
  return shown.map((line) => `      ${line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line}`);
}

/** The closing lines: a row a tier, what failed and why, and the total that CI reads. */
export function summary(counts: readonly TierCount[]): string {
  const width = Math.max(...counts.map((count) => count.tier.length), 4);
  const rows = counts.map(
    (count) =>
      `  ${count.tier.padEnd(width)}  ${String(count.passed).padStart(5)} passed  ${String(count.failed).padStart(4)} failed`,
  );
  const names = counts.flatMap(({ failures }) =>
    failures.flatMap(({ name, message }) => [`  failed: ${name}`, ...excerpt(message)]),
  );
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  return [...rows, ...names, `${String(passed)} passed, ${String(failed)} failed`].join('\n');
}
