import { afterEach, expect, test } from 'vitest';
import { createSilentLogger } from './logger.ts';
import { createShutdown, type Shutdown } from './shutdown.ts';

const open: Shutdown[] = [];

function start(deadlineMs = 5_000): { shutdown: Shutdown; codes: number[] } {
  const codes: number[] = [];
  const shutdown = createShutdown({
    log: createSilentLogger(),
    deadlineMs,
    signals: ['SIGUSR2'],
    exit: (code) => codes.push(code),
  });
  open.push(shutdown);
  return { shutdown, codes };
}

afterEach(() => {
  open.splice(0).forEach((shutdown) => shutdown.dispose());
});

test('a signal aborts, then closes in reverse order, one after the other, then exits', async () => {
  const { shutdown, codes } = start();
  const steps: string[] = [];
  const done = new Promise<void>((resolve) => {
    shutdown.onShutdown('pool', () => {
      steps.push('pool');
      resolve();
    });
  });
  shutdown.onShutdown('server', async () => {
    steps.push(`server, aborted ${String(shutdown.signal.aborted)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    steps.push('server closed');
  });
  process.kill(process.pid, 'SIGUSR2');
  await done;
  await shutdown.shutdown('again');
  expect(steps).toEqual(['server, aborted true', 'server closed', 'pool']);
  expect(codes).toEqual([0]);
});

test('a failing step does not keep the others from closing, and shows in the exit code', async () => {
  const { shutdown, codes } = start();
  let poolClosed = false;
  shutdown.onShutdown('pool', () => {
    poolClosed = true;
  });
  shutdown.onShutdown('server', () => Promise.reject(new Error('stuck')));
  await shutdown.shutdown('test');
  expect(poolClosed).toBe(true);
  expect(codes).toEqual([1]);
});

test('a step that hangs is left behind at the deadline', async () => {
  const { shutdown, codes } = start(20);
  shutdown.onShutdown('server', () => new Promise<void>(() => undefined));
  await shutdown.shutdown('test');
  expect(codes).toEqual([1]);
});

test('asking twice closes once', async () => {
  const { shutdown, codes } = start();
  let closed = 0;
  shutdown.onShutdown('pool', () => {
    closed += 1;
  });
  await Promise.all([shutdown.shutdown('a'), shutdown.shutdown('b')]);
  expect(closed).toBe(1);
  expect(codes).toEqual([0]);
});
