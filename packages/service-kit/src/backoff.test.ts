import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, retry, sleep } from './backoff.ts';

const quick = { minMs: 1, maxMs: 2 };

test('property: a delay lies between half the ceiling and the ceiling, and the ceiling never passes the maximum', () => {
  const cases = fc.record({
    attempt: fc.integer({ min: 1, max: 1000 }),
    minMs: fc.integer({ min: 1, max: 1000 }),
    maxMs: fc.integer({ min: 1, max: 60_000 }),
    random: fc.double({ min: 0, max: 0.999999, noNaN: true }),
  });
  fc.assert(
    fc.property(cases, ({ attempt, minMs, maxMs, random }) => {
      const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(attempt - 1, 30));
      const delay = backoffMs(attempt, { minMs, maxMs, random: () => random });
      expect(delay).toBeGreaterThanOrEqual(ceiling / 2);
      expect(delay).toBeLessThanOrEqual(ceiling);
    }),
  );
});

test('work is tried until it succeeds', async () => {
  const seen: number[] = [];
  const result = await retry(
    async (attempt) => {
      seen.push(attempt);
      if (attempt < 3) throw new Error('not yet');
      return 'done';
    },
    { ...quick, attempts: 5 },
  );
  expect(result).toBe('done');
  expect(seen).toEqual([1, 2, 3]);
});

test('the tries are bounded and the last error is thrown', async () => {
  let tries = 0;
  const work = retry(() => Promise.reject(new Error(`try ${(tries += 1)}`)), { ...quick, attempts: 3 });
  await expect(work).rejects.toThrow('try 3');
  expect(tries).toBe(3);
});

test('an error that is not worth it ends the loop', async () => {
  let tries = 0;
  const work = retry(() => Promise.reject(new Error(`try ${(tries += 1)}`)), {
    ...quick,
    attempts: 3,
    isRetryable: () => false,
  });
  await expect(work).rejects.toThrow('try 1');
});

test('what the failed side asked for is respected, up to the maximum', async () => {
  const waits: number[] = [];
  const work = retry(() => Promise.reject(new Error('busy')), {
    attempts: 3,
    minMs: 1,
    maxMs: 4,
    random: () => 0,
    retryAfterMs: () => 1_000_000,
    onRetry: (_error, _attempt, waitMs) => waits.push(waitMs),
  });
  await expect(work).rejects.toThrow('busy');
  expect(waits).toEqual([4, 4]);
});

test('an abort ends waiting with its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('shutting down');
  const work = retry(() => Promise.reject(new Error('down')), {
    attempts: 10,
    minMs: 60_000,
    maxMs: 60_000,
    signal: controller.signal,
    onRetry: () => controller.abort(reason),
  });
  await expect(work).rejects.toBe(reason);
  await expect(sleep(60_000, controller.signal)).rejects.toBe(reason);
});
