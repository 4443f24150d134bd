import {
  builtinKinds,
  ensureFinalizer,
  hasCode,
  type Applier,
  type Client,
  type EventRecorder,
  type KubeObject,
  type Logger,
  type ReconcileResult,
} from '@luna-iems/kube-runtime';
import { isPulling } from '../gates.ts';
import type { Observed } from '../observed.ts';
import { desiredNamespace, planProblem } from '../plan/desired.ts';
import { holdBack } from '../plan/held-back.ts';
import type { RandomBytes } from '../plan/secrets.ts';
import type { Platform } from '../platform.ts';
import { statusOf, statusOfIdle } from '../status/status.ts';
import {
  FINALIZER,
  MANAGER,
  RETAINED_ANNOTATION,
  lunaTenantKind,
  namespaceOf,
  type LunaTenant,
  type LunaTenantStatus,
} from '../tenant.ts';
import { applyPlan, isNotAdmitted, isRefused } from './apply-plan.ts';
import { claimNamespace } from './claim.ts';
import { finalize } from './finalize.ts';
import type { Observer } from './observer.ts';
import type { Planner } from './planner.ts';
import { createSecretKeeper } from './secret-keeper.ts';
import type { Reporter } from './report.ts';
import type { Rollout } from './rollout.ts';
import type { TenantMetrics } from './tenant-metrics.ts';

export interface ReconcilerDeps {
  client: Client;
  applier: Applier;
  observer: Observer;
  events: EventRecorder;
  reporter: Reporter;
  logger: Logger;
  metrics: TenantMetrics;
  platform: Platform;
  plan: Planner;
  rollout: Rollout;
  random: RandomBytes;
  /** Milliseconds since 1970. */
  now: () => number;
}

export type Reconcile = (name: string, signal: AbortSignal) => Promise<ReconcileResult>;

/** A foreign namespace is not watched, so a refusal is looked at again after this time. */
const RECHECK_MS = 30_000;
const DELETION_POLL_MS = 2_000;

/** One pass over one tenant: looks at what is there, brings it nearer to what is wanted, and reports. Safe to repeat at any time. */
export function createReconciler(deps: ReconcilerDeps): Reconcile {
  const { client, observer, reporter, metrics, rollout, logger, now } = deps;
  const secrets = createSecretKeeper(deps);
  const report = async (tenant: LunaTenant, status: LunaTenantStatus, signal: AbortSignal): Promise<void> => {
    await reporter.report(tenant, status, signal);
    metrics.observe(tenant.metadata.name, status);
    rollout.observe(tenant.metadata.name, status);
  };

  const remove = async (tenant: LunaTenant, signal: AbortSignal): Promise<ReconcileResult> => {
    const outcome = await finalize(deps, tenant, signal);
    if (outcome.done) {
      metrics.forget(tenant.metadata.name);
      return {};
    }
    const { reason, message } = outcome;
    await report(tenant, statusOfIdle(tenant, { phase: 'Deleting', reason, message }, now()), signal);
    if (outcome.error !== undefined) throw outcome.error;
    return { requeueAfterMs: DELETION_POLL_MS };
  };

  const refuse = async (
    tenant: LunaTenant,
    why: { reason: string; message: string },
    signal: AbortSignal,
  ): Promise<ReconcileResult> => {
    await report(tenant, statusOfIdle(tenant, { phase: 'Blocked', ...why }, now()), signal);
    return { requeueAfterMs: RECHECK_MS };
  };

  /** One of the first steps: without it nothing else is done, so the status says why it cannot be. */
  const first = <T>(tenant: LunaTenant, signal: AbortSignal, step: Promise<T>, why: Why): Promise<T> =>
    step.catch(async (error: unknown) => {
      const problem = why(error);
      if (problem !== undefined)
        await report(tenant, statusOfIdle(tenant, { phase: 'Blocked', ...problem }, now()), signal);
      throw error;
    });

  const provide = async (tenant: LunaTenant, signal: AbortSignal): Promise<ReconcileResult> => {
    const { platform, applier } = deps;
    const observed = observer.of(tenant);
    const facts = {
      apiServer: observer.apiServer(),
      pulling: isPulling(tenant, observed),
      available: observer.available(),
      secrets: await first(tenant, signal, secrets.keep(tenant, observed, signal), withoutSecrets),
    };
    const full = deps.plan(tenant, facts);
    // Asked before anything is written: afterwards the watch may have brought the first workload. The first status may come later than that.
    const fresh = tenant.status === undefined || isFresh(observed);
    const turn = rollout.turn(tenant, fresh);
    if (turn.verdict === 'begin') {
      await report(tenant, { ...(tenant.status as LunaTenantStatus), rollout: 'Rolling' }, signal);
      return { requeueAfterMs: 1 };
    }
    const refusal = namespaceLost(observer, tenant);
    if (refusal !== undefined) return refuse(tenant, refusal, signal);
    const planned = turn.verdict === 'wait' ? holdBack(full, observed) : full;
    const outcome = await applyPlan(deps, { tenant, planned, observed, signal });
    const update = { revision: rollout.revision, waiting: turn.verdict === 'wait', fresh };
    const { observed: after, failure } = outcome;
    const isInPlace = (object: KubeObject, live: KubeObject): boolean => applier.isInPlace(object, live);
    const situation = {
      tenant,
      planned,
      observed: after,
      platform,
      update,
      failure,
      isInPlace,
    };
    const status = statusOf(situation, now());
    const restMs = reporter.restFor(tenant, status);
    if (restMs === undefined) await report(tenant, status, signal);
    // Thrown only now, so that the status says what failed before the queue backs off.
    if (outcome.errors.length > 0) throw new AggregateError(outcome.errors, outcome.failure);
    const again = [restMs, outcome.againAfterMs, turn.verdict === 'wait' ? turn.againAfterMs : undefined];
    return { requeueAfterMs: soonest(again) };
  };

  const pause = async (tenant: LunaTenant, signal: AbortSignal): Promise<ReconcileResult> => {
    const waits = isLeaving(tenant) ? ', and its deletion waits,' : '';
    const message = `spec.paused is true: the operator leaves the tenant alone${waits} until it is false`;
    await report(tenant, statusOfIdle(tenant, { phase: 'Paused', reason: 'Paused', message }, now()), signal);
    return {};
  };

  const keepPlannable = async (tenant: LunaTenant, signal: AbortSignal): Promise<ReconcileResult> => {
    const problem = planProblem(tenant, deps.platform);
    if (problem !== undefined) return refuse(tenant, { reason: 'InvalidSpec', message: problem }, signal);
    if (!isLeaving(tenant)) await ensureFinalizer(client, lunaTenantKind, tenant, FINALIZER);
    const why: Why = (error) => withoutNamespace(tenant, error);
    const refusal = await first(tenant, signal, takeNamespace(deps, tenant, signal), why);
    return refusal === undefined ? provide(tenant, signal) : refuse(tenant, refusal, signal);
  };

  const keep = async (tenant: LunaTenant, signal: AbortSignal): Promise<ReconcileResult> => {
    try {
      return await keepPlannable(tenant, signal);
    } catch (error) {
      // What the CRD's schema refuses now may be stored all the same, from an older one.
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      const message = `spec is not as the CRD describes it (${error.message}): compare it with kubectl explain lunatenant.spec and apply it again`;
      logger.error({ err: error, tenant: tenant.metadata.name }, 'a tenant cannot be planned');
      return refuse(tenant, { reason: 'InvalidSpec', message }, signal);
    }
  };

  return async (name, signal) => {
    const known = observer.tenant(name);
    if (known === undefined) {
      metrics.forget(name);
      reporter.forget(name);
      secrets.forget(name);
      rollout.forget(name);
      return {};
    }
    const tenant = reporter.current(known);
    // Somebody else's finalizer may still hold it; our part is done.
    if (isLeaving(tenant) && !(tenant.metadata.finalizers ?? []).includes(FINALIZER)) return {};
    if (tenant.spec.paused) return pause(tenant, signal);
    return isLeaving(tenant) && !tenant.spec.deletionProtection ? remove(tenant, signal) : keep(tenant, signal);
  };
}

/** True before the tenant's first workload. */
const isFresh = (observed: Observed): boolean =>
  observed.list('StatefulSet').length === 0 && observed.list('Deployment').length === 0;

function soonest(delays: readonly (number | undefined)[]): number | undefined {
  const known = delays.filter((delay) => delay !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

const isLeaving = (tenant: LunaTenant): boolean => tenant.metadata.deletionTimestamp !== undefined;

/**
 * Why the namespace is not the tenant's any more. Asked right before the plan is applied, for that writes the tenant's UID onto it: a
 * view that lags may still hold a LunaTenant whose successor of the same name has taken the namespace up since.
 */
function namespaceLost(observer: Observer, tenant: LunaTenant): { reason: string; message: string } | undefined {
  const namespace = observer.namespace(namespaceOf(tenant));
  const claim = namespace && claimNamespace(tenant, namespace);
  return claim?.verdict === 'refuse' || claim?.verdict === 'wait' ? claim : undefined;
}

/** What a tenant is told about an error, if it is one that somebody can remove. */
type Why = (error: unknown) => { reason: string; message: string } | undefined;

/** The API server will not have the namespace: a quota, an admission webhook, or a right that is missing. */
function withoutNamespace(tenant: LunaTenant, error: unknown): ReturnType<Why> {
  if (!isRefused(error) && !isNotAdmitted(error)) return undefined;
  const message = `namespace ${namespaceOf(tenant)} could not be written, and nothing else is before it is: ${error.message}. It is tried again`;
  return { reason: 'NamespaceRefused', message };
}

/** As for the namespace; or somebody else's Secret has the name of one of the tenant's. */
const withoutSecrets: Why = (error) => {
  if (!isRefused(error) && !isNotAdmitted(error) && !hasCode(error, 'KUBE_ALREADY_EXISTS')) return undefined;
  const message = `a Secret could not be written, and nothing else is before it is: ${error.message}. It is tried again`;
  return { reason: 'SecretRefused', message };
};

/** Makes the namespace the tenant's; gives the reason when that must not be. */
async function takeNamespace(
  deps: ReconcilerDeps,
  tenant: LunaTenant,
  signal: AbortSignal,
): Promise<{ reason: string; message: string } | undefined> {
  const { client, applier, observer, events } = deps;
  const name = namespaceOf(tenant);
  const wanted = desiredNamespace(tenant, deps.platform);
  const namespace = observer.namespace(name) ?? (await makeNamespace(deps, wanted, signal));
  const claim = claimNamespace(tenant, namespace);
  if (claim.verdict === 'refuse' || claim.verdict === 'wait') return claim;
  if (claim.verdict === 'readopt') {
    const note = `namespace ${name} is taken up again with its volumes and Secrets`;
    await applier.apply(wanted, signal);
    events.record({ regarding: tenant, type: 'Normal', reason: 'Readopted', action: 'Adopt', note });
  }
  if (namespace.metadata.annotations?.[RETAINED_ANNOTATION] !== undefined) {
    const body = { metadata: { annotations: { [RETAINED_ANNOTATION]: null } } };
    await client.patch(builtinKinds.Namespace, { name }, { type: 'merge', body }, { fieldManager: MANAGER, signal });
  }
  return undefined;
}

/**
 * Creates the namespace, or gives the one that is there: without our label it is not in the cache, and it may be anybody's. Created,
 * not applied: applying would take over a namespace that somebody made a moment ago.
 */
async function makeNamespace(
  { client, applier }: ReconcilerDeps,
  wanted: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject> {
  try {
    return await applier.create(wanted, signal);
  } catch (error) {
    if (!hasCode(error, 'KUBE_ALREADY_EXISTS')) throw error;
    const found = await client.get(builtinKinds.Namespace, { name: wanted.metadata.name }, { signal });
    if (found === undefined) throw error;
    return found;
  }
}
