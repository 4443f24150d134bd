import { findWorkload, podsOf, rolledOut, serves, type Observed, type Workload } from '../observed.ts';
import { SIMULATORS } from '../plan/simulation.ts';
import { inPlace, isAsPlanned, type Finding, type Situation } from './finding.ts';
import { OBJECT_STORE } from '../plan/object-store.ts';
import { models } from './models.ts';
import { monitoring } from './monitoring.ts';
import { route } from './route.ts';
import { schema } from './schema.ts';
import { troubleOf } from './trouble.ts';
import { volumes } from './volumes.ts';

const PARTS = [
  { type: 'DatabaseReady', kind: 'StatefulSet', name: 'postgres', what: 'PostgreSQL' },
  { type: 'VectorStoreReady', kind: 'StatefulSet', name: 'qdrant', what: 'Qdrant' },
  { type: 'ExtractionReady', kind: 'Deployment', name: 'tika', what: 'Tika' },
  { type: 'ModelsReady', kind: 'StatefulSet', name: 'ollama', what: 'Ollama' },
  { type: 'ApiReady', kind: 'Deployment', name: 'tenant-api', what: 'The tenant API' },
] as const;

/** The state of every part, in the order in which they come up. */
export function findings(situation: Situation): Finding[] {
  const parts = new Map(PARTS.map((part) => [part.type, workload(part, situation)]));
  const of = (type: (typeof PARTS)[number]['type']): Finding => parts.get(type) as Finding;
  return [
    network(situation),
    of('DatabaseReady'),
    schema(situation),
    of('VectorStoreReady'),
    of('ExtractionReady'),
    models(of('ModelsReady'), situation.observed),
    api(of('ApiReady'), situation),
    simulation(situation),
    ...objectStore(situation),
    volumes(situation),
    monitoring(situation),
    ...route(situation),
  ];
}

interface Part {
  readonly type: string;
  readonly kind: 'StatefulSet' | 'Deployment';
  readonly name: string;
  readonly what: string;
}

/** Nothing for a tenant without an object store. What is outside, the operator does not call: the API does, and says how it is. */
function objectStore(situation: Situation): Finding[] {
  const type = 'ObjectStoreReady';
  const { enabled, s3 } = situation.tenant.spec.objectStore ?? { enabled: false };
  if (!enabled) return [];
  if (s3 === undefined) {
    return [workload({ type, kind: 'StatefulSet', name: OBJECT_STORE, what: 'The object store' }, situation)];
  }
  const message = `original files go to the bucket ${s3.bucket} at ${s3.endpoint}; whether it answers is in the tenant API's /status/summary`;
  return [{ type, status: 'True', reason: 'External', message }];
}

function workload(part: Part, { tenant, observed }: Situation): Finding {
  const { type, kind, name, what } = part;
  const live = findWorkload(observed, kind, name);
  if (tenant.spec.hibernate) {
    return {
      type,
      status: 'False',
      reason: 'Hibernated',
      message: `${what} sleeps; set spec.hibernate to false to wake it`,
    };
  }
  if (!isStarted(live))
    return { type, status: 'False', reason: 'Waiting', message: `${what} has not been started yet` };
  if (rolledOut(live)) return { type, status: 'True', reason: 'Running', message: `${what} is ready` };
  const trouble = troubleOf(podsOf(observed, name)) ?? blockedBy(live);
  const message = trouble?.message ?? progress(what, live, observed);
  if (serves(live)) return { type, status: 'True', reason: 'Updating', message, trouble: trouble !== undefined };
  return { type, status: 'False', reason: trouble?.reason ?? 'Starting', message, trouble: trouble !== undefined };
}

/** Scaled to zero in a tenant that is awake means that it slept, and waits at a gate. */
function isStarted(live: Workload | undefined): live is Workload {
  return live !== undefined && live.spec.replicas !== 0;
}

/** Why a controller cannot even make the pods (quota, Pod Security). */
function blockedBy(live: Workload): { reason: string; message: string } | undefined {
  const failure = live.status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (failure === undefined) return undefined;
  return {
    reason: failure.reason ?? 'ReplicaFailure',
    message: `${live.metadata.name}: ${failure.message ?? 'pods cannot be created'}`,
  };
}

function progress(what: string, live: Workload, observed: Observed): string {
  const pods = podsOf(observed, live.metadata.name);
  const init = pods
    .flatMap((pod) => pod.status?.initContainerStatuses ?? [])
    .find(({ state }) => state?.running !== undefined);
  if (init?.name === 'pull-models') return `${what} is pulling its models, which takes minutes for large ones`;
  if (init?.name === 'copy-models') return `${what} is copying its models`;
  const { readyReplicas = 0 } = live.status ?? {};
  return `${what} is starting: ${readyReplicas} of ${live.spec.replicas ?? 1} pods ready`;
}

function api(found: Finding, situation: Situation): Finding {
  const { planned, observed } = situation;
  const live = observed.find('Deployment', 'tenant-api');
  const wanted = planned.find(({ object }) => object.kind === 'Deployment' && object.metadata.name === 'tenant-api');
  if (found.reason === 'Hibernated' || wanted === undefined) return found;
  if (found.reason === 'Waiting' || live === undefined) {
    const message = 'the tenant API is rolled out once the schema is migrated and the models are there';
    return { ...found, reason: 'WaitingForParts', message };
  }
  const isHeldBack = wanted.held !== undefined;
  if (found.status === 'True' && !isHeldBack && !isAsPlanned(situation, wanted.object, live)) {
    return {
      ...found,
      reason: 'UpdateWaiting',
      message: 'the tenant API runs its former version until the schema and the models are ready',
    };
  }
  return found;
}

function simulation({ tenant, observed }: Situation): Finding {
  const type = 'SimulationReady';
  if (!tenant.spec.simulation.enabled)
    return { type, status: 'True', reason: 'Disabled', message: 'spec.simulation.enabled is false' };
  if (tenant.spec.hibernate)
    return { type, status: 'False', reason: 'Hibernated', message: 'the simulators sleep with the tenant' };
  const cronJobs = SIMULATORS.map((name) => observed.find('CronJob', name));
  if (cronJobs.includes(undefined)) {
    return {
      type,
      status: 'False',
      reason: 'WaitingForSchema',
      message: 'the simulators start when the schema is migrated',
    };
  }
  const stopped = cronJobs.filter((job) => (job?.['spec'] as { suspend?: boolean } | undefined)?.suspend === true);
  if (stopped.length > 0) {
    return {
      type,
      status: 'True',
      reason: 'Stopped',
      message: 'stopped through POST /sim/stop; POST /sim/start resumes',
    };
  }
  const trouble = troubleOf(SIMULATORS.flatMap((name) => podsOf(observed, name)));
  if (trouble !== undefined)
    return { type, status: 'False', reason: trouble.reason, message: trouble.message, trouble: true };
  return {
    type,
    status: 'True',
    reason: 'Scheduled',
    message: `the simulators run on the schedule ${tenant.spec.simulation.schedule}`,
  };
}

function network(situation: Situation): Finding {
  const type = 'NetworkIsolated';
  const { wanted, missing } = inPlace(situation, 'NetworkPolicy');
  if (missing.length > 0) {
    return {
      type,
      status: 'False',
      reason: 'PoliciesMissing',
      message: `NetworkPolicies missing or changed by others: ${missing.join(', ')}`,
      trouble: true,
    };
  }
  return {
    type,
    status: 'True',
    reason: 'PoliciesInPlace',
    message: `${wanted} NetworkPolicies are in place; the cluster's network plugin must enforce them`,
  };
}
