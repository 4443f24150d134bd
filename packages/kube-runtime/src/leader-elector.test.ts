import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import type { Clock } from './clock.ts';
import { KubeError } from './errors.ts';
import { createLeaderElector, type LeaderElector } from './leader-elector.ts';
import { createFakeClock } from './testing/fake-clock.ts';
import type { Transport, TransportRequest } from './transport.ts';

interface Lease {
  metadata: { name: string; resourceVersion: string };
  spec: Record<string, unknown>;
}

/** Keeps one lease with the API server's rule for writes: the version must be the one that was read. */
const createLeaseStore = (): ((request: TransportRequest) => unknown) => {
  let lease: Lease | undefined;
  let version = 0;
  const write = (spec: Record<string, unknown>): Lease => {
    lease = { metadata: { name: 'lease', resourceVersion: String(++version) }, spec: { ...lease?.spec, ...spec } };
    return structuredClone(lease);
  };
  const refuse = (code: 'KUBE_NOT_FOUND' | 'KUBE_ALREADY_EXISTS' | 'KUBE_CONFLICT'): never => {
    throw new KubeError('as the API server would', { code });
  };
  const verbs: Partial<Record<TransportRequest['method'], (sent: Lease) => Lease>> = {
    GET: () => (lease ? structuredClone(lease) : refuse('KUBE_NOT_FOUND')),
    POST: (sent) => (lease ? refuse('KUBE_ALREADY_EXISTS') : write(sent.spec)),
    PATCH: (sent) =>
      lease && sent.metadata.resourceVersion === lease.metadata.resourceVersion
        ? write(sent.spec)
        : refuse('KUBE_CONFLICT'),
  };
  return ({ method, body }) => verbs[method]?.(body as Lease);
};

/** Some milliseconds on the way there and back, or a broken connection on either way. */
interface Weather {
  there: number;
  back: number;
  lost: 'no' | 'request' | 'answer';
}

const slowTransport = (
  serve: (request: TransportRequest) => unknown,
  clock: Clock,
  weather: () => Weather,
): Transport => ({
  async request<T>(request: TransportRequest): Promise<T> {
    const { there, back, lost } = weather();
    const broken = (): KubeError => new KubeError('lost', { code: 'KUBE_UNREACHABLE' });
    // What has left arrives, even when its sender no longer waits for the answer.
    const served = clock.sleep(there).then(() => {
      if (lost === 'request') throw broken();
      return serve(request) as T;
    });
    served.catch(() => undefined);
    const patience = new Promise<never>((_, reject) =>
      request.signal?.addEventListener('abort', () => reject(broken()), { once: true }),
    );
    patience.catch(() => undefined);
    const answer = await Promise.race([served, patience]);
    await Promise.race([clock.sleep(back), patience]);
    if (lost === 'answer') throw broken();
    return answer;
  },
  stream: () => Promise.reject(new Error('not needed')),
  close: async () => undefined,
});

const untilAborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('leader elector', () => {
  it('never lets two hold the lease, whatever the network does, and finds a leader when it clears up', async () => {
    const delay = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 300 }) },
      fc.integer({ min: 0, max: 20_000 }),
    );
    const lost = fc.constantFrom<Weather['lost']>('no', 'no', 'no', 'request', 'answer');
    const forecast = fc.array(fc.record({ there: delay, back: delay, lost }), { minLength: 30, maxLength: 30 });
    const property = fc.asyncProperty(forecast, async (weathers) => {
      const clock = createFakeClock();
      const serve = createLeaseStore();
      const stop = new AbortController();
      let turn = 0;
      let isStormy = true;
      const weather = (): Weather =>
        (isStormy && weathers[turn++ % weathers.length]) || { there: 5, back: 5, lost: 'no' };
      const make = (identity: string): LeaderElector => {
        const client = createClient({ transport: slowTransport(serve, clock, weather) });
        return createLeaderElector({
          client,
          identity,
          clock,
          lease: { name: 'lease', namespace: 'n' },
          random: () => 0.5,
          // Hardly any margin: what the elector counts from must be right to the moment.
          renewDeadlineMs: 14_000,
        });
      };
      const electors = ['a', 'b', 'c'].map(make);
      const done = electors.map((elector) => elector.run(untilAborted, stop.signal));
      const holders = (): number => electors.filter((elector) => elector.provablyHeld()).length;
      for (let step = 0; step < 160; step++) {
        await clock.advance(500);
        expect(holders()).toBeLessThanOrEqual(1);
      }
      isStormy = false;
      await clock.advance(60_000);
      expect(holders()).toBe(1);
      stop.abort();
      await clock.advance(60_000);
      await Promise.all(done);
    });
    await fc.assert(property, { numRuns: 25 });
  }, 60_000);

  it('takes over a whole lease duration after the leader fell silent, not earlier', async () => {
    const clock = createFakeClock();
    const serve = createLeaseStore();
    let isCut = false;
    const stop = new AbortController();
    const make = (identity: string, weather: () => Weather): LeaderElector => {
      const client = createClient({ transport: slowTransport(serve, clock, weather) });
      return createLeaderElector({
        client,
        identity,
        clock,
        lease: { name: 'lease', namespace: 'n' },
        random: () => 0,
      });
    };
    const fine: Weather = { there: 1, back: 1, lost: 'no' };
    const first = make('first', () => (isCut ? { ...fine, lost: 'request' } : fine));
    const second = make('second', () => fine);
    const ended: string[] = [];
    const lead = async (signal: AbortSignal): Promise<void> => {
      await untilAborted(signal);
      ended.push((signal.reason as KubeError).code);
    };
    const done = [first.run(lead, stop.signal), clock.sleep(10).then(() => second.run(untilAborted, stop.signal))];
    await clock.advance(30_000);
    expect([first.isLeader(), second.isLeader()]).toEqual([true, false]);
    isCut = true;
    await clock.advance(12_000);
    expect([first.isLeader(), second.isLeader(), ended]).toEqual([false, false, ['KUBE_FENCED']]);
    await clock.advance(8_000);
    expect(second.isLeader()).toBe(true);
    stop.abort();
    await clock.advance(60_000);
    await Promise.all(done);
  });

  it.each([100, 500, 900, 1300, 1700, 2100])(
    'does not sleep past the end of a lease (seen %d ms late)',
    async (offset) => {
      const clock = createFakeClock();
      const serve = createLeaseStore();
      let isCut = false;
      const stop = new AbortController();
      const make = (identity: string): LeaderElector => {
        const weather = (): Weather => ({ there: 1, back: 1, lost: isCut && identity === 'first' ? 'request' : 'no' });
        const client = createClient({ transport: slowTransport(serve, clock, weather) });
        const lease = { name: 'lease', namespace: 'n' };
        return createLeaderElector({ client, identity, clock, lease, random: () => 1 });
      };
      const [first, second] = [make('first'), make('second')];
      const done = [
        first.run(untilAborted, stop.signal),
        clock.sleep(offset).then(() => second.run(untilAborted, stop.signal)),
      ];
      await clock.advance(30_000);
      isCut = true;
      const { spec } = serve({ method: 'GET', path: '' }) as Lease;
      const renewedMs = Date.parse(spec['renewTime'] as string);
      for (let step = 0; step < 600 && !second.isLeader(); step += 1) await clock.advance(50);
      expect(second.isLeader()).toBe(true);
      // A pause between two tries until it saw the last renewal, then the lease: not another pause.
      expect(clock.now() - renewedMs).toBeLessThan(17_500);
      stop.abort();
      await clock.advance(60_000);
      await Promise.all(done);
    },
  );

  it('counts from when it asked for the lease, not from when it heard the answer', async () => {
    const clock = createFakeClock();
    const serve = createLeaseStore();
    const weathers: Weather[] = [
      { there: 0, back: 0, lost: 'no' },
      { there: 0, back: 4000, lost: 'no' },
    ];
    const weather = (): Weather => weathers.shift() ?? { there: 0, back: 0, lost: 'request' };
    const client = createClient({ transport: slowTransport(serve, clock, weather) });
    const elector = createLeaderElector({ client, identity: 'a', clock, lease: { name: 'lease', namespace: 'n' } });
    const stop = new AbortController();
    const done = elector.run(untilAborted, stop.signal);
    await clock.advance(9999);
    expect(elector.provablyHeld()).toBe(true);
    await clock.advance(2);
    expect(elector.provablyHeld()).toBe(false);
    stop.abort();
    await clock.advance(60_000);
    await done;
  });

  it('does not trust a lease it held before the machine slept', async () => {
    const clock = createFakeClock();
    let slept = 0;
    const drowsy: Clock = { ...clock, now: () => clock.now() + slept, monotonic: () => clock.monotonic() };
    const client = createClient({
      transport: slowTransport(createLeaseStore(), clock, () => ({ there: 1, back: 1, lost: 'no' })),
    });
    const elector = createLeaderElector({
      client,
      identity: 'a',
      clock: drowsy,
      lease: { name: 'lease', namespace: 'n' },
    });
    const stop = new AbortController();
    const done = elector.run(untilAborted, stop.signal);
    await clock.advance(100);
    expect(elector.provablyHeld()).toBe(true);
    slept = 3_600_000;
    expect(elector.provablyHeld()).toBe(false);
    stop.abort();
    await clock.advance(60_000);
    await done;
  });

  it('passes on what the work throws, after giving the lease back', async () => {
    const clock = createFakeClock();
    const serve = createLeaseStore();
    const client = createClient({ transport: slowTransport(serve, clock, () => ({ there: 1, back: 1, lost: 'no' })) });
    const elector = createLeaderElector({ client, identity: 'a', clock, lease: { name: 'lease', namespace: 'n' } });
    const failing = expect(
      elector.run(() => Promise.reject(new Error('boom')), new AbortController().signal),
    ).rejects.toThrow('boom');
    await clock.advance(1000);
    await failing;
    expect(serve({ method: 'GET', path: '' })).toMatchObject({ spec: { holderIdentity: '' } });
  });

  it('refuses times that prove nothing', () => {
    const client = createClient({
      transport: slowTransport(
        () => undefined,
        createFakeClock(),
        () => ({ there: 0, back: 0, lost: 'no' }),
      ),
    });
    const base = { client, identity: 'a', lease: { name: 'lease', namespace: 'n' } };
    expect(() => createLeaderElector({ ...base, renewDeadlineMs: 15_000 })).toThrow(RangeError);
    expect(() => createLeaderElector({ ...base, retryPeriodMs: 10_000 })).toThrow(RangeError);
  });
});
