import { describe, expect, it } from 'vitest';
import { createFakeClock } from './testing/fake-clock.ts';
import { createTokenBucket } from './token-bucket.ts';

describe('token bucket', () => {
  it('lets a burst pass, then one by one in the order of asking', async () => {
    const clock = createFakeClock();
    const bucket = createTokenBucket({ qps: 10, burst: 3, clock });
    const passed: number[] = [];
    for (let caller = 0; caller < 6; caller++) void bucket.take().then(() => passed.push(caller));
    await clock.advance(0);
    expect(passed).toEqual([0, 1, 2]);
    await clock.advance(100);
    expect(passed).toEqual([0, 1, 2, 3]);
    await clock.advance(200);
    expect(passed).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('refills no further than the burst', async () => {
    const clock = createFakeClock();
    const bucket = createTokenBucket({ qps: 10, burst: 2, clock });
    await clock.advance(60_000);
    let passed = 0;
    for (let caller = 0; caller < 5; caller++) void bucket.take().then(() => (passed += 1));
    await clock.advance(0);
    expect(passed).toBe(2);
  });

  it('does not keep a caller that gave up', async () => {
    const bucket = createTokenBucket({ qps: 0.001, burst: 1, clock: createFakeClock() });
    await bucket.take();
    await bucket.take(AbortSignal.abort());
  });
});
