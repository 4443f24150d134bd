import type { Source } from '@luna-iems/kube-runtime';
import type { Platform } from '../platform.ts';
import { rotationOf } from '../plan/secrets.ts';
import type { LunaTenant, LunaTenantStatus } from '../tenant.ts';

/** `go`: apply everything. `begin`: the same, once it is on record. `wait`: leave what pods run as it is. */
export type Turn = { verdict: 'go' | 'begin' } | { verdict: 'wait'; againAfterMs: number };

/** Lets what the platform changed reach the tenants a few at a time. */
export interface Rollout {
  /** What the platform makes of pods now; see `planRevision`. */
  readonly revision: string;
  /** `fresh`: the tenant has no workload yet. */
  turn(tenant: LunaTenant, fresh: boolean): Turn;
  /** Takes note of what was written about a tenant. */
  observe(name: string, status: LunaTenantStatus): void;
  forget(name: string): void;
  /** Wakes those whose turn has come. */
  readonly source: Source;
}

export interface RolloutDeps {
  revision: string;
  settings: Platform['rollout'];
  tenants: () => readonly LunaTenant[];
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Nobody waits for ever on a wake-up that got lost. */
const LOOK_AGAIN_MS = 60_000;

type Memo = 'rolling' | 'done';
type Enqueue = Parameters<Source['start']>[0];

/**
 * Who is being updated stands in the tenants' status, written before anything is changed, so that a restart forgets nobody and never
 * lets more than `maxConcurrent` begin. What the tenants' own users change is not held back.
 */
export function createRollout({ revision, settings, tenants, now }: RolloutDeps): Rollout {
  const { maxConcurrent, intervalSeconds } = settings;
  // What was decided or written a moment ago, until the watch brings it.
  const memos = new Map<string, Memo>();
  const listeners = new Set<Enqueue>();
  let notBefore = now() + intervalSeconds * 1000;

  const isDone = ({ metadata, status }: LunaTenant): boolean =>
    memos.get(metadata.name) === 'done' || (!memos.has(metadata.name) && status?.platformRevision === revision);
  const isRolling = ({ metadata, status }: LunaTenant): boolean =>
    memos.get(metadata.name) === 'rolling' || (!memos.has(metadata.name) && status?.rollout === 'Rolling');
  const queue = (): string[] =>
    tenants()
      .filter((tenant) => isInLine(tenant) && !isDone(tenant) && !isRolling(tenant))
      .sort(healthyFirst)
      .map(({ metadata }) => metadata.name);
  // Whoever is paused or put to sleep in the middle of an update gives its place to the next.
  const free = (): number => maxConcurrent - tenants().filter((tenant) => isRolling(tenant) && isInLine(tenant)).length;

  const grant = (name: string): boolean => {
    const places = intervalSeconds > 0 ? Math.min(1, free()) : free();
    if (places <= 0 || now() < notBefore || !queue().slice(0, places).includes(name)) return false;
    memos.set(name, 'rolling');
    notBefore = now() + intervalSeconds * 1000;
    return true;
  };
  const wakeNext = (): void => {
    for (const name of queue().slice(0, Math.max(0, free()))) for (const enqueue of listeners) enqueue(name);
  };

  return {
    revision,
    turn(tenant, fresh) {
      if (fresh || tenant.spec.hibernate || isDone(tenant) || isRolling(tenant) || isAskedFor(tenant))
        return { verdict: 'go' };
      if (grant(tenant.metadata.name)) return { verdict: 'begin' };
      const untilMs = notBefore - now();
      return { verdict: 'wait', againAfterMs: untilMs > 0 ? untilMs : LOOK_AGAIN_MS };
    },
    observe(name, status) {
      const before = memos.get(name);
      if (status.platformRevision === revision) memos.set(name, 'done');
      else if (status.rollout === 'Rolling') memos.set(name, 'rolling');
      else memos.delete(name);
      if (before === 'rolling' && memos.get(name) !== 'rolling') wakeNext();
    },
    forget(name) {
      if (memos.get(name) === 'rolling') queueMicrotask(wakeNext);
      memos.delete(name);
    },
    source: {
      synced: Promise.resolve(),
      start: (enqueue) => {
        listeners.add(enqueue);
        return () => void listeners.delete(enqueue);
      },
    },
  };
}

/** True for who can take a turn: nobody works on the paused, the blocked and the leaving. */
function isInLine({ metadata, spec, status }: LunaTenant): boolean {
  return metadata.deletionTimestamp === undefined && !spec.paused && !spec.hibernate && status?.phase !== 'Blocked';
}

/** True when the tenant's own users want a change, which may restart its pods at once. */
function isAskedFor(tenant: LunaTenant): boolean {
  const { metadata, status } = tenant;
  const rotation = rotationOf(tenant);
  if (metadata.generation !== status?.observedGeneration) return true;
  return rotation !== undefined && rotation !== status?.secretRotation;
}

/** Who serves now shows first whether the new version is good; who is broken already must not hold up the others. */
function healthyFirst(a: LunaTenant, b: LunaTenant): number {
  const rank = ({ status }: LunaTenant): number =>
    status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true ? 0 : 1;
  return rank(a) - rank(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
}
