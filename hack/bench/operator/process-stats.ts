import { readFileSync } from 'node:fs';

/** What a process has used since it started. */
export interface ProcessStats {
  /** User and system time of all its threads, in seconds. */
  cpuSeconds: number;
  /** The most memory it ever held resident, in MB (10^6 bytes). */
  peakMb: number;
}

/** Clock ticks a second, the same on every Linux. */
const TICKS = 100;

/** Reads /proc; throws when there is no such process any more. */
export function processStats(pid: number): ProcessStats {
  return parseStats(readFileSync(`/proc/${pid}/stat`, 'utf8'), readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Makes sense of /proc/PID/stat and /proc/PID/status. */
export function parseStats(stat: string, status: string): ProcessStats {
  // The program's name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const kib = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS, peakMb: (kib * 1024) / 1e6 };
}
