import type { Client } from './client.ts';
import { systemClock, type Clock } from './clock.ts';
import { hasCode, KubeError } from './errors.ts';
import { builtinKinds } from './kinds.ts';
import { silentLogger } from './logger.ts';
import type { RuntimeMetrics } from './metrics.ts';
import { microTime } from './micro-time.ts';
import { systemRandom, type Random } from './random.ts';
import type { KubeResource, Logger, ObjectRef } from './types.ts';

/** Campaigns for a Lease. */
export interface LeaderElector {
  /**
   * Campaigns until the signal aborts. While leading, `lead` runs; its signal aborts when leadership is lost, and the next campaign
   * begins only after it has returned. Releases the lease at the end. Rejects with what `lead` throws; resolves when `lead` returns
   * on its own. Call once.
   */
  run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
  isLeader(): boolean;
  /**
   * True while nobody else can hold the lease: the last successful renewal began less than `renewDeadlineMs` ago, by the monotonic
   * clock and by wall time (a suspended machine stops the former). Hand it to `fenceWrites`.
   */
  provablyHeld(): boolean;
}

/** Dependencies of {@link createLeaderElector}. */
export interface LeaderElectorDeps {
  /** On a transport of its own: neither fenced nor sharing a rate limit with the work. Needs get, create, patch on leases. */
  client: Client;
  lease: { name: string; namespace: string };
  /** Unique per process, e.g. the pod's name and a random part. */
  identity: string;
  /** How long others wait after the last renewal they saw; default 15 s. Whole seconds. */
  leaseDurationMs?: number;
  /** How long the leader tries to renew before it gives up; default 10 s. Must be below leaseDurationMs. */
  renewDeadlineMs?: number;
  /** Pause between tries; default 2 s. */
  retryPeriodMs?: number;
  metrics?: RuntimeMetrics;
  logger?: Logger;
  clock?: Clock;
  random?: Random;
}

interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}

interface Lease extends KubeResource {
  spec?: LeaseSpec;
}

/** A lease counts as free just after it has run out. */
const FREE_MS = 5;

interface Moment {
  monotonic: number;
  wall: number;
}

/**
 * Leader election as client-go does it: no clock is compared with another machine's; each candidate waits a whole lease duration,
 * by its own clock, after the last change of the lease it saw. Every write carries the resourceVersion it was decided on.
 *
 * Guarantees: two electors never both answer `provablyHeld()`, given that clocks run at about the same speed (the margin is
 * leaseDurationMs - renewDeadlineMs). `isLeader()` alone is no such proof.
 */
export function createLeaderElector(deps: LeaderElectorDeps): LeaderElector {
  const { client, identity, clock = systemClock, random = systemRandom, logger = silentLogger, metrics } = deps;
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = timingsOf(deps);
  const ref: ObjectRef = deps.lease;
  let observed: { version: string | undefined; holder: string; durationMs: number; at: number } | undefined;
  let renewedAt: Moment | undefined;

  const moment = (): Moment => ({ monotonic: clock.monotonic(), wall: clock.now() });
  const elapsed = (since: Moment): number => Math.max(clock.monotonic() - since.monotonic, clock.now() - since.wall);
  const provablyHeld = (): boolean => renewedAt !== undefined && elapsed(renewedAt) < renewDeadlineMs;

  const observe = (lease: Lease): void => {
    const version = lease.metadata.resourceVersion;
    if (observed && observed.version === version) return;
    const durationMs = (lease.spec?.leaseDurationSeconds ?? leaseDurationMs / 1000) * 1000;
    observed = { version, holder: lease.spec?.holderIdentity ?? '', durationMs, at: clock.monotonic() };
  };

  const isTakenByOther = (): boolean => {
    if (!observed || observed.holder === '' || observed.holder === identity) return false;
    return clock.monotonic() < observed.at + observed.durationMs;
  };

  /** Milliseconds until the other's lease runs out, so that nobody sleeps past that moment; endless when it is not known to be held. */
  const untilFree = (): number =>
    observed && isTakenByOther() ? observed.at + observed.durationMs - clock.monotonic() + FREE_MS : Infinity;

  const specFor = (known: LeaseSpec | undefined): LeaseSpec => {
    const now = microTime(clock.now());
    const transitions = known?.leaseTransitions ?? 0;
    const tenure =
      known?.holderIdentity === identity
        ? { acquireTime: known.acquireTime ?? now, leaseTransitions: transitions }
        : { acquireTime: now, leaseTransitions: known ? transitions + 1 : 0 };
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
      renewTime: now,
      ...tenure,
    };
  };

  const write = async (lease: Lease | undefined, signal: AbortSignal): Promise<Lease> => {
    const spec = specFor(lease ? (lease.spec ?? {}) : undefined);
    if (!lease)
      return client.create<Lease>(
        { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { ...deps.lease }, spec },
        { signal },
      );
    const body = { metadata: { resourceVersion: lease.metadata.resourceVersion }, spec };
    return client.patch<Lease>(builtinKinds.Lease, ref, { type: 'merge', body }, { signal });
  };

  /** One try to take or renew the lease. Gives whether it is ours. */
  const tryToHold = async (signal: AbortSignal): Promise<boolean> => {
    const startedAt = moment();
    const lease = await client.get<Lease>(builtinKinds.Lease, ref, { signal });
    if (lease) observe(lease);
    if (lease && isTakenByOther()) return false;
    const written = await write(lease, signal);
    observe(written);
    renewedAt = startedAt;
    return true;
  };

  const attempt = async (signal: AbortSignal): Promise<boolean> => {
    const limit = new AbortController();
    const abort = (): void => limit.abort();
    signal.addEventListener('abort', abort, { once: true });
    const finished = new AbortController();
    void clock.sleep(renewDeadlineMs / 2, finished.signal).then(abort);
    try {
      return await tryToHold(limit.signal);
    } catch (error) {
      const isRace = hasCode(error, 'KUBE_CONFLICT', 'KUBE_ALREADY_EXISTS');
      if (!isRace && !signal.aborted) logger.warn({ err: error, lease: deps.lease.name }, 'cannot reach the lease');
      return false;
    } finally {
      finished.abort();
      signal.removeEventListener('abort', abort);
    }
  };

  const acquire = async (signal: AbortSignal): Promise<boolean> => {
    while (!signal.aborted) {
      if (await attempt(signal)) return true;
      await clock.sleep(Math.min(retryPeriodMs * (1 + 0.2 * random()), untilFree()), signal);
    }
    return false;
  };

  /** Returns when the lease may be lost, or the signal aborts. */
  const renew = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted && provablyHeld()) {
      await clock.sleep(Math.min(retryPeriodMs, Math.max(0, renewDeadlineMs - elapsed(renewedAt ?? moment()))), signal);
      if (signal.aborted || !provablyHeld()) return;
      const isOurs = await attempt(signal);
      if (!isOurs && observed && observed.holder !== identity) return;
    }
  };

  const release = async (): Promise<void> => {
    if (!provablyHeld() || observed?.holder !== identity) return;
    renewedAt = undefined;
    const now = microTime(clock.now());
    const spec = { holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now };
    const body = { metadata: { resourceVersion: observed.version }, spec };
    try {
      await client.patch(builtinKinds.Lease, ref, { type: 'merge', body });
    } catch (error) {
      logger.warn({ err: error, lease: deps.lease.name }, 'could not release the lease; it will run out');
    }
  };

  const reign = async (
    lead: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<'ended' | 'lost'> => {
    logger.info({ identity, lease: deps.lease.name }, 'leading');
    metrics?.leaderStatus.set({ name: deps.lease.name }, 1);
    const renewing = new AbortController();
    const leading = new AbortController();
    const stop = (): void => leading.abort(new KubeError('the operator stops', { code: 'KUBE_ABORTED' }));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let lost = false;
    const watching = renew(renewing.signal).then(() => {
      if (renewing.signal.aborted) return;
      lost = true;
      renewedAt = undefined;
      logger.error({ identity, lease: deps.lease.name }, 'leadership lost');
      leading.abort(new KubeError('leadership lost', { code: 'KUBE_FENCED' }));
    });
    try {
      // Renewal goes on while the work drains, so that its last writes still pass the fence.
      await lead(leading.signal);
      return lost ? 'lost' : 'ended';
    } finally {
      renewing.abort();
      await watching;
      signal.removeEventListener('abort', stop);
      metrics?.leaderStatus.set({ name: deps.lease.name }, 0);
      await release();
      renewedAt = undefined;
    }
  };

  return {
    async run(lead, signal) {
      metrics?.leaderStatus.set({ name: deps.lease.name }, 0);
      while (await acquire(signal)) {
        const how = await reign(lead, signal);
        if (how === 'ended') return;
      }
    },
    isLeader: provablyHeld,
    provablyHeld,
  };
}

interface Timings {
  leaseDurationMs: number;
  renewDeadlineMs: number;
  retryPeriodMs: number;
}

function timingsOf(deps: Partial<Timings>): Timings {
  const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2000 } = deps;
  if (renewDeadlineMs >= leaseDurationMs || retryPeriodMs * 1.2 >= renewDeadlineMs) {
    throw new RangeError('leader election needs retryPeriodMs * 1.2 < renewDeadlineMs < leaseDurationMs');
  }
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs };
}
