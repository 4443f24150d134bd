import {
  builtinKinds,
  hasCode,
  refOf,
  type KubeError,
  type Applier,
  type Client,
  type KubeObject,
  type KubeResource,
} from '@luna-iems/kube-runtime';
import { mayPass, schemaJobName } from '../gates.ts';
import { OPTIONAL_KINDS } from '../optional-kinds.ts';
import { createOverlay, jobState, type Job, type Observed, type Overlay } from '../observed.ts';
import type { Planned } from '../plan/meta.ts';
import { TENANT_LABEL, MANAGED_BY_LABEL, MANAGER, namespaceOf, type LunaTenant } from '../tenant.ts';
import { OWN_KINDS } from './observer.ts';
import { growVolumes, withFormerClaims, withLiveClaims } from './volumes.ts';

export interface ApplyDeps {
  client: Client;
  applier: Applier;
  /** Milliseconds since 1970. */
  now: () => number;
}

export interface PlanInput {
  tenant: LunaTenant;
  planned: readonly Planned[];
  observed: Observed;
  signal: AbortSignal;
}

export interface PlanOutcome {
  /** What exists after the writes. */
  observed: Observed;
  /** What could not be written, as a sentence, and the errors behind it. */
  failure: string | undefined;
  errors: unknown[];
  /** Look again after so many milliseconds, though nothing may wake the tenant until then. */
  againAfterMs: number | undefined;
}

/** A failed migration is tried again after this time. */
const RETRY_SCHEMA_MS = 300_000;

/** Without these nothing else may be written: they keep the tenant apart from the rest of the cluster. */
const FOUNDATION: ReadonlySet<string> = new Set(['Namespace', 'NetworkPolicy', 'ResourceQuota', 'LimitRange']);

/**
 * Brings the cluster to the plan: what may go ahead is applied in order, what waits at a gate is left as it is, and what is no
 * longer planned is deleted. A workload that cannot be written does not keep the others back.
 */
export async function applyPlan(deps: ApplyDeps, input: PlanInput): Promise<PlanOutcome> {
  const { tenant, planned } = input;
  const pass: Pass = { after: createOverlay(input.observed), errors: [], failures: [], recreating: false };
  for (const item of planned) {
    // Asked anew for each: what was written a moment ago may have closed a gate.
    if (!mayPass(tenant, planned, { item, observed: pass.after })) continue;
    if (!(await write(deps, input, pass, item))) break;
  }
  if (pass.errors.length === 0) await prune(deps, input, planned);
  const retryMs = await retrySchema(deps, input, pass.after);
  return {
    observed: pass.after,
    errors: pass.errors,
    failure: pass.failures.length === 0 ? undefined : pass.failures.join('; '),
    againAfterMs: pass.recreating ? 2_000 : retryMs,
  };
}

interface Pass {
  /** What exists, with what was written so far. */
  after: Overlay;
  errors: unknown[];
  failures: string[];
  recreating: boolean;
}

/** Writes one object of the plan; false when nothing after it may be written. */
async function write(deps: ApplyDeps, input: PlanInput, pass: Pass, item: Planned): Promise<boolean> {
  const { kind, metadata } = item.object;
  try {
    if (item.held === undefined) await bring(deps, input, pass, item.object);
    else await keepNumber(deps, input, item.object, item.held);
    return true;
  } catch (error) {
    if (isOurEnd(error)) throw error;
    pass.errors.push(error);
    pass.failures.push(
      `${kind} ${metadata.name} could not be written: ${error instanceof Error ? error.message : String(error)}`,
    );
    return !FOUNDATION.has(kind);
  }
}

async function bring(deps: ApplyDeps, input: PlanInput, pass: Pass, object: KubeObject): Promise<void> {
  const { observed, signal } = input;
  if (object.kind === 'StatefulSet') return bringStatefulSet(deps, input, pass, withLiveClaims(object, observed));
  pass.after.add((await deps.applier.apply(object, signal)).object);
}

async function bringStatefulSet(deps: ApplyDeps, input: PlanInput, pass: Pass, object: KubeObject): Promise<void> {
  const { observed, signal } = input;
  try {
    if ((await growVolumes(deps.client, object, observed, signal)) === 'recreating') {
      pass.recreating = true;
      return;
    }
  } catch (error) {
    if (!isRefused(error)) throw error;
    // A size that the StorageClass refuses, and that nobody may take back, must not keep everything else from the pods.
    pass.after.add((await deps.applier.apply(withFormerClaims(object, observed), signal)).object);
    throw error;
  }
  pass.after.add((await deps.applier.apply(object, signal)).object);
}

/** True when the API server understood a request and will not do it. */
export function isRefused(error: unknown): error is KubeError {
  return hasCode(error, 'KUBE_FORBIDDEN', 'KUBE_INVALID', 'KUBE_BAD_REQUEST');
}

/** True when an admission webhook that must be asked does not answer: for the API server that is an error of its own, status 500. */
export function isNotAdmitted(error: unknown): error is KubeError {
  return hasCode(error, 'KUBE_SERVER') && error.message.includes('failed calling webhook');
}

/** Of what is held back only the number of pods is put right. */
async function keepNumber(
  { client }: ApplyDeps,
  { signal }: PlanInput,
  live: KubeObject,
  { replicas }: NonNullable<Planned['held']>,
): Promise<void> {
  if (replicas === undefined || (live['spec'] as { replicas?: number }).replicas === replicas) return;
  const patch = { type: 'merge', body: { spec: { replicas } } } as const;
  await client.patch(client.kindOf(live), refOf(live), patch, { fieldManager: MANAGER, signal });
}

/** True when the process is ending or may no longer write: not the tenant's fault, and nothing to report. */
export function isOurEnd(error: unknown): boolean {
  return hasCode(error, 'KUBE_ABORTED', 'KUBE_FENCED');
}

async function prune({ applier }: ApplyDeps, { tenant, signal }: PlanInput, keep: readonly Planned[]): Promise<void> {
  await applier.prune(
    keep.map(({ object }) => object),
    {
      kinds: [...Object.values(OPTIONAL_KINDS), ...OWN_KINDS.map((kind) => builtinKinds[kind])],
      namespace: namespaceOf(tenant),
      labels: { [TENANT_LABEL]: tenant.metadata.name, [MANAGED_BY_LABEL]: MANAGER },
    },
    signal,
  );
}

/** Deletes a schema Job that failed a while ago, so that the next pass makes it anew. Gives the time until that is due. */
async function retrySchema(
  { client, now }: ApplyDeps,
  input: PlanInput,
  observed: Observed,
): Promise<number | undefined> {
  const live = observed.find('Job', schemaJobName(input.planned));
  const job = live as KubeResource | undefined as Job | undefined;
  if (live === undefined || jobState(job) !== 'failed' || input.tenant.spec.hibernate) return undefined;
  const failedAt = job?.status?.conditions?.find(({ type }) => type === 'Failed')?.lastTransitionTime;
  const dueInMs = Date.parse(failedAt ?? '') + RETRY_SCHEMA_MS - now();
  if (dueInMs > 0) return dueInMs;
  const { uid } = live.metadata;
  await client.delete(builtinKinds.Job, refOf(live), { uid, propagationPolicy: 'Background', signal: input.signal });
  return 1_000;
}
