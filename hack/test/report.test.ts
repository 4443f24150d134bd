import { describe, expect, it } from 'vitest';
import { countVitest, summary } from './report.ts';

const passing = { status: 'passed', fullName: 'adds' };
const failing = { status: 'failed', fullName: 'divides', failureMessages: ['expected 1 to be 2'] };
const file = (status: string, ...assertionResults: { status: string; fullName: string }[]) => ({
  name: 'a.test.ts',
  status,
  message: 'boom\nstack',
  assertionResults,
});

describe('countVitest', () => {
  it('counts what the report says', () => {
    const report = { numPassedTests: 1, numFailedTests: 1, testResults: [file('failed', passing, failing)] };
    expect(countVitest('unit', report, 1, '')).toEqual({
      tier: 'unit',
      passed: 1,
      failed: 1,
      failures: [{ name: 'divides', message: 'expected 1 to be 2' }],
    });
  });

  it('counts a file that could not run', () => {
    const report = { numPassedTests: 0, numFailedTests: 0, testResults: [file('failed')] };
    expect(countVitest('unit', report, 1, '').failures).toEqual([{ name: 'a.test.ts', message: 'boom\nstack' }]);
  });

  it('never calls a crashed runner a success', () => {
    expect(countVitest('unit', undefined, 0, '').failed).toBe(1);
    const report = { numPassedTests: 1, numFailedTests: 0, testResults: [file('passed', passing)] };
    expect(countVitest('unit', report, 137, '').failed).toBe(1);
  });

  it('tells why a run failed that came to no test', () => {
    const report = { numPassedTests: 0, numFailedTests: 0, testResults: [] };
    const output =
      'RUN\n⎯⎯ \u001b[41m Unhandled Error \u001b[49m ⎯⎯\nError: tika ended\n    its log\n ❯ setup a.ts:5:9\n   5| code';
    const counts = countVitest('service', report, 1, output);
    expect(summary([counts])).toContain('failed: service: the runner exited with 1\n      Error: tika ended\n');
    expect(summary([counts])).not.toContain('code');
    expect(countVitest('service', undefined, 1, 'killed').failures[0]?.message).toBe('killed');
  });
});

describe('summary', () => {
  it('ends with the line that CI reads', () => {
    const message = ['because', ...Array.from({ length: 100 }, (_, line) => `line ${line}`), 'at last'].join('\n');
    const counts = [
      { tier: 'unit', passed: 3, failed: 0, failures: [] },
      { tier: 'service', passed: 2, failed: 1, failures: [{ name: 'asks', message }] },
    ];
    expect(summary(counts).split('\n').at(-1)).toBe('5 passed, 1 failed');
    expect(summary(counts)).toMatch(/failed: asks\n +because\n/u);
    expect(summary(counts)).toContain('at last');
    expect(summary(counts).split('\n').length).toBeLessThan(20);
  });
});
