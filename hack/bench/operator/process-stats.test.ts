import { expect, it } from 'vitest';
import { parseStats, processStats } from './process-stats.ts';

it('reads CPU time and peak memory, whatever the program is called', () => {
  const stat = `42 (a) b) S 1 42 42 0 -1 4194304 1 0 0 0 150 50 0 0 20 0 1 0`;
  expect(parseStats(stat, 'Name:\ta\nVmHWM:\t  125000 kB\n')).toEqual({ cpuSeconds: 2, peakMb: 128 });
});

it('finds itself', () => {
  expect(processStats(process.pid).peakMb).toBeGreaterThan(10);
});
