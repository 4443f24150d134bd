import { randomBytes } from 'node:crypto';
import {
  createClient,
  createFaultTransport,
  createRuntimeMetrics,
  createTamperTransport,
  createTransport,
  hasCode,
  type Client,
  type ConnectionConfig,
  type Controller,
  type Fault,
  type FaultTransport,
  type ReadTamper,
  type SeenCall,
  type TamperTransport,
  type Transport,
} from '@luna-iems/kube-runtime';
import { createSilentLogger } from '@luna-iems/service-kit';
import { Registry } from 'prom-client';
import { observedKinds } from '../src/controller/observer.ts';
import { createOperator, type Operator } from '../src/operator.ts';
import { operatorKinds } from '../src/optional-kinds.ts';
import type { Platform } from '../src/platform.ts';
import { lunaTenantKind } from '../src/tenant.ts';
import { nameOf, recklessDeletes, tenantOf } from './calls.ts';
import type { Hands } from './hands.ts';
import { untilRest, type View } from './rest.ts';

/** How one operator is run. */
export interface RunOptions {
  /** Asked before each call; see createFaultTransport. Scopes are tenants. */
  faults?: (call: SeenCall) => Fault | undefined;
  tamper?: ReadTamper;
  platform?: Partial<Platform>;
  /** Takes a guard away, or adds something. */
  wrap?: (client: Client) => Client;
  /** Where the API server is, and who we are; default the lab's own. */
  connection?: ConnectionConfig;
  /** Refused calls are no offence: a server that has just started does not know all rights yet. */
  mayBeRefused?: true;
  /** Milliseconds of silence after which a call or a watch is given up, instead of the runtime's own. */
  patience?: number;
}

/** An operator that runs in this process under the rights of the chart. */
export interface Running {
  readonly operator: Operator;
  readonly calls: FaultTransport;
  readonly reads: TamperTransport;
  readonly controller: Controller;
  readonly registry: Registry;
  /** Calls that its rights did not cover. */
  readonly refused: readonly string[];
  /** Resolves when it and the hands rest: for good when it sees the world as it is, else as far as can be told. */
  idle(): Promise<void>;
  /** Ends it as SIGTERM would. */
  stop(): Promise<void>;
  /** Nothing leaves it from this moment on. */
  kill(): Promise<void>;
}

/** What an operator is run on. */
export interface Ground {
  connection: ConnectionConfig;
  platform: Platform;
  /** Where deletions without a UID and refused calls are noted when it ends. */
  offences: string[];
  /** Sees the world as it is. */
  client: Client;
  hands: Hands;
}

export async function runOperator(ground: Ground, options: RunOptions): Promise<Running> {
  const { connection, platform, offences, hands } = ground;
  const refused: string[] = [];
  const wire = impatient(
    createTransport({ config: options.connection ?? connection, qps: 2000, burst: 2000 }),
    options.patience,
  );
  const reads = createTamperTransport(noteRefusals(wire, refused), options.tamper ?? {});
  const calls = createFaultTransport(reads, options.faults, { scopeOf: tenantOf });
  const client = createClient({ transport: calls, kinds: operatorKinds });
  const registry = new Registry();
  const operator = createOperator({
    client: options.wrap === undefined ? client : options.wrap(client),
    platform: { ...platform, ...options.platform },
    identity: 'lab',
    random: randomBytes,
    now: () => performance.timeOrigin + performance.now(),
    logger: createSilentLogger(),
    metrics: createRuntimeMetrics(registry),
    registry,
  });
  const abort = new AbortController();
  const controller = operator.controller();
  const ends = [operator.observer.run(abort.signal), controller.run(abort.signal)];
  await withinPatience(Promise.all(operator.observer.sources.map(({ synced }) => synced)), refused);
  let ended = false;
  const stop = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    abort.abort();
    await Promise.all(ends);
    await operator.events.flush();
    await calls.close();
    if (options.wrap === undefined) offences.push(...recklessDeletes(calls.writes));
    if (options.mayBeRefused !== true) offences.push(...refused);
  };
  return {
    operator,
    calls,
    reads,
    controller,
    registry,
    refused,
    idle: () =>
      options.tamper === undefined
        ? untilRest(ground.client, [viewOf(operator, controller), hands])
        : seemsToRest(calls, [controller, hands]),
    stop,
    kill: () => {
      calls.crash();
      return stop();
    },
  };
}

/** Not a speed: an operator that has not seen every kind after so long is kept from it. */
async function withinPatience(synced: Promise<unknown>, refused: readonly string[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the operator does not fill its caches; ${refused.join('; ')}`)),
      120_000,
    );
  });
  await Promise.race([synced, late]).finally(() => clearTimeout(timer));
}

/** What an operator knows, as a view. */
function viewOf({ observer, events }: Operator, controller: Controller): View {
  return {
    kinds: [lunaTenantKind, ...observedKinds],
    live: (kind, ref) => (kind === lunaTenantKind ? observer.tenant(ref.name) : observer.live(kind, ref)),
    list: (kind, namespace) => {
      if (kind !== lunaTenantKind) return observer.list(kind, namespace);
      return namespace === undefined ? observer.tenants() : [];
    },
    idle: () => tried(controller).then(() => events.flush()),
  };
}

/** Not a speed: what failed for so long fails for good. */
const RETRIES_MS = 5_000;

/** Resolves when the controller is idle and what failed was tried again, with success or for long enough. */
async function tried(controller: Controller): Promise<void> {
  const end = performance.now() + RETRIES_MS;
  await controller.idle();
  while (controller.failing() > 0 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await controller.idle();
  }
}

/**
 * Nobody can say when an operator that is lied to has seen all it will ever see: it rests when nothing was written while events had
 * some time to arrive. Who waits by this must look again when things are not yet as they should be.
 */
async function seemsToRest(calls: FaultTransport, workers: readonly { idle(): Promise<void> }[]): Promise<void> {
  const end = performance.now() + 120_000;
  for (let looks = 0, seen = calls.writes.length; looks < 4; looks += 1) {
    if (performance.now() > end)
      throw new Error(
        `the operator does not come to rest; it wrote last ${calls.writes.slice(-6).map(nameOf).join(', ')}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 80));
    for (const worker of workers) await worker.idle();
    if (calls.writes.length !== seen) looks = -1;
    seen = calls.writes.length;
  }
}

function impatient(wire: Transport, ms: number | undefined): Transport {
  if (ms === undefined) return wire;
  return {
    request: <T>(request: Parameters<Transport['request']>[0]) => wire.request<T>({ ...request, timeoutMs: ms }),
    stream: (request) => wire.stream({ ...request, timeoutMs: ms, inactivityMs: ms }),
    close: () => wire.close(),
  };
}

function noteRefusals(wire: Transport, refused: string[]): Transport {
  const note = (error: unknown): never => {
    if (hasCode(error, 'KUBE_FORBIDDEN') && error.message.includes('cannot')) refused.push(error.message);
    throw error;
  };
  return {
    request: <T>(request: Parameters<Transport['request']>[0]) => wire.request<T>(request).catch(note),
    stream: (request) => wire.stream(request).catch(note),
    close: () => wire.close(),
  };
}
