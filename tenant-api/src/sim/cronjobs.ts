import { readFile } from 'node:fs/promises';
import { LunaError, errorMessage } from '@luna-iems/service-kit';
import { Agent, request } from 'undici';

/** What a CronJob of the simulator is doing. */
export interface CronJobState {
  name: string;
  suspended: boolean;
  schedule: string | null;
  lastScheduleTime: string | null;
  lastSuccessfulTime: string | null;
  active: number;
}

/** The simulator's CronJobs, through the API server. */
export interface CronJobs {
  read(): Promise<CronJobState[]>;
  /** Suspends or resumes all of them. Throws `LUNA_SIM_CLUSTER` when the API server refuses or does not answer. */
  suspend(suspended: boolean): Promise<CronJobState[]>;
}

export interface CronJobsDeps {
  /** `https://host:port` of the API server. */
  server: string;
  namespace: string;
  names: readonly string[];
  /** Token and CA of the pod's service account; the token is read for each call, because it is renewed. */
  tokenFile: string;
  caFile: string;
}

interface CronJobObject {
  metadata?: { name?: string };
  spec?: { suspend?: boolean; schedule?: string };
  status?: { lastScheduleTime?: string; lastSuccessfulTime?: string; active?: unknown[] };
}

const TIMEOUT_MS = 10_000;
const FIELD_MANAGER = 'luna-tenant-api';

function stateOf({ spec = {}, status = {} }: CronJobObject, name: string): CronJobState {
  const { suspend: suspended = false, schedule = null } = spec;
  const { lastScheduleTime = null, lastSuccessfulTime = null, active = [] } = status;
  return { name, suspended, schedule, lastScheduleTime, lastSuccessfulTime, active: active.length };
}

async function call(deps: CronJobsDeps, name: string, patch?: object): Promise<CronJobObject> {
  const [token, ca] = await Promise.all([readFile(deps.tokenFile, 'utf8'), readFile(deps.caFile, 'utf8')]);
  const dispatcher = new Agent({ connect: { ca, timeout: TIMEOUT_MS } });
  const path = `/apis/batch/v1/namespaces/${deps.namespace}/cronjobs/${name}`;
  try {
    const answer = await request(`${deps.server}${path}${patch ? `?fieldManager=${FIELD_MANAGER}` : ''}`, {
      method: patch ? 'PATCH' : 'GET',
      headers: {
        authorization: `Bearer ${token.trim()}`,
        accept: 'application/json',
        ...(patch ? { 'content-type': 'application/merge-patch+json' } : {}),
      },
      body: patch ? JSON.stringify(patch) : null,
      dispatcher,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200)
      throw new Error(`the API server answered ${answer.statusCode}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as CronJobObject;
  } finally {
    await dispatcher.close();
  }
}

async function forAll(deps: CronJobsDeps, patch?: object): Promise<CronJobState[]> {
  try {
    return await Promise.all(deps.names.map(async (name) => stateOf(await call(deps, name, patch), name)));
  } catch (error) {
    throw new LunaError('LUNA_SIM_CLUSTER', "The simulator's CronJobs cannot be reached through the API server.", {
      status: 503,
      cause: errorMessage(error),
    });
  }
}

/** The CronJobs of one namespace; makes no connection before it is asked. */
export function createCronJobs(deps: CronJobsDeps): CronJobs {
  return {
    read: () => forAll(deps),
    // A patch of this one field: everything else of the CronJob is the operator's.
    suspend: (suspended) => forAll(deps, { spec: { suspend: suspended } }),
  };
}

const account = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The CronJobs as seen from a pod; undefined outside a cluster, or where none are configured. */
export function cronJobsFromPod(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
  namespace: string | undefined,
): CronJobs | undefined {
  const host = env['KUBERNETES_SERVICE_HOST'];
  if (host === undefined || namespace === undefined || names.length === 0) return undefined;
  const address = host.includes(':') ? `[${host}]` : host;
  return createCronJobs({
    server: `https://${address}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`,
    namespace,
    names,
    tokenFile: `${account}/token`,
    caFile: `${account}/ca.crt`,
  });
}
