import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';
import { createWorkQueue, type Priority, type WorkQueue } from './work-queue.ts';

const make = (): { queue: WorkQueue; clock: FakeClock } => {
  const clock = createFakeClock();
  return { clock, queue: createWorkQueue({ clock, backoff: { baseMs: 100, maxMs: 1000 } }) };
};
/** Takes what is ready, without waiting. */
const takeReady = async (queue: WorkQueue): Promise<string | undefined> =>
  queue.counts().ready > 0 ? queue.take() : undefined;

describe('work queue', () => {
  it('gives a key once however often it was added', async () => {
    const { queue } = make();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect([await takeReady(queue), await takeReady(queue), await takeReady(queue)]).toEqual(['a', 'b', undefined]);
  });

  it('gives a key that changed while it was worked on again, after done', async () => {
    const { queue } = make();
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('a');
    expect(queue.counts()).toMatchObject({ ready: 0, running: 1 });
    queue.done('a');
    expect(await takeReady(queue)).toBe('a');
    queue.done('a');
    expect(queue.counts()).toEqual({ ready: 0, running: 0, waiting: 0 });
  });

  it('serves higher priorities first, and raises but never lowers a waiting key', async () => {
    const { queue } = make();
    queue.add('start-up', 'low');
    queue.add('raised', 'low');
    queue.add('change', 'normal');
    queue.add('urgent', 'high');
    queue.add('raised', 'high');
    queue.add('urgent', 'low');
    const order = [];
    for (let count = 0; count < 4; count++) order.push(await takeReady(queue));
    expect(order).toEqual(['urgent', 'raised', 'change', 'start-up']);
  });

  it('wakes a taker that waits', async () => {
    const { queue } = make();
    const taking = queue.take();
    queue.add('a');
    expect(await taking).toBe('a');
  });

  it('lets the earlier of two delays win, and an immediate add end the wait', async () => {
    const { queue, clock } = make();
    queue.addAfter('a', 1000);
    queue.addAfter('a', 300);
    queue.addAfter('a', 500);
    await clock.advance(299);
    expect(await takeReady(queue)).toBeUndefined();
    await clock.advance(1);
    expect(await takeReady(queue)).toBe('a');
    queue.done('a');
    queue.addAfter('a', 1000);
    queue.add('a');
    expect(queue.counts()).toEqual({ ready: 1, running: 0, waiting: 0 });
  });

  it('backs off per key, doubling to the limit, and starts over after a success', async () => {
    const { queue } = make();
    const delays = Array.from({ length: 6 }, () => queue.retry('a'));
    expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(queue.retry('b')).toBe(100);
    expect(queue.retry('b', 5000)).toBe(5000);
    queue.forget('a');
    expect(queue.retry('a')).toBe(100);
  });

  it('gives nothing out once closed, and tells waiting takers', async () => {
    const { queue, clock } = make();
    const taking = queue.take();
    queue.close();
    expect(await taking).toBeUndefined();
    queue.add('a');
    queue.addAfter('b', 10);
    await clock.advance(20);
    expect(await queue.take()).toBeUndefined();
    expect(queue.counts().ready).toBe(0);
  });

  it('is idle when nothing is ready or running', async () => {
    const { queue } = make();
    queue.addAfter('later', 10_000);
    await queue.idle();
    queue.add('a');
    let idle = false;
    void queue.idle().then(() => (idle = true));
    await queue.take();
    queue.add('a');
    queue.done('a');
    await Promise.resolve();
    expect(idle).toBe(false);
    await queue.take();
    queue.done('a');
    await queue.idle();
    expect(idle).toBe(true);
  });

  type Step =
    | { do: 'add'; key: string; priority: Priority }
    | { do: 'later'; key: string; ms: number }
    | { do: 'take' }
    | { do: 'done'; which: number }
    | { do: 'wait'; ms: number };
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key, priority: fc.constantFrom('high', 'normal', 'low') }),
    fc.record({ do: fc.constant('later' as const), key, ms: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constant('done' as const), which: fc.nat(3) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 30 }) }),
  );

  it('never runs a key twice at once, and never forgets one', async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { queue, clock } = make();
      const running: string[] = [];
      /** Keys that must still be given out, because they were added after they were last taken. */
      const owed = new Set<string>();
      const take = async (): Promise<void> => {
        const taken = await takeReady(queue);
        if (taken === undefined) return;
        expect(running).not.toContain(taken);
        expect(owed.delete(taken)).toBe(true);
        running.push(taken);
      };
      const act = async (one: Step): Promise<void> => {
        if (one.do === 'take') return take();
        if (one.do === 'wait') return clock.advance(one.ms);
        if (one.do === 'done') return running.splice(one.which, 1).forEach((finished) => queue.done(finished));
        owed.add(one.key);
        if (one.do === 'add') queue.add(one.key, one.priority);
        else queue.addAfter(one.key, one.ms);
      };
      for (const one of steps) await act(one);
      await clock.advance(100);
      for (let round = 0; round < 3; round++) {
        for (const finished of running.splice(0)) queue.done(finished);
        while (queue.counts().ready > 0) await take();
      }
      expect([...owed]).toEqual([]);
      expect(queue.counts().waiting).toBe(0);
    });
    await fc.assert(property, { numRuns: 150 });
  });
});
