import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

import { identify, isAlive, startTimeIn } from './processes.ts';

const stat = (name: string, state: string, startTime: string): string =>
  `7 (${name}) ${state} 1 7 7 0 -1 4194560 100 0 0 0 5 6 0 0 20 0 9 0 ${startTime} 1000 50`;

describe('a start time in /proc/<pid>/stat', () => {
  it('is the 22nd field', () => {
    expect(startTimeIn(stat('etcd', 'S', '12345'))).toBe('12345');
  });

  it('is found behind a name with spaces and parentheses', () => {
    expect(startTimeIn(stat('a) S (b', 'S', '12345'))).toBe('12345');
  });

  it('is none for a process that has ended and is only not buried yet', () => {
    expect(startTimeIn(stat('etcd', 'Z', '12345'))).toBeUndefined();
  });
});

describe.runIf(process.platform === 'linux')('a process', () => {
  it('is alive under its own start time only: its id may be somebody else by now', () => {
    const me = identify(process.pid);
    expect(me && isAlive(me)).toBe(true);
    expect(me && isAlive({ ...me, startTime: '1' })).toBe(false);
    expect(me && isAlive({ ...me, bootId: 'an earlier life of the machine' })).toBe(false);
  });

  it('is no longer alive when it has ended', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identify(child.pid ?? 0);
    expect(identity && isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(identity && isAlive(identity)).toBe(false);
  });
});
