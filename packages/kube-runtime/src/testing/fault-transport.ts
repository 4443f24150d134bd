import { KubeError } from '../errors.ts';
import type { Transport, TransportRequest } from '../transport.ts';

/** Something that goes wrong with one call. */
export type Fault =
  /** The call is not sent and fails with this error. */
  | { kind: 'refuse'; error: KubeError }
  /** The call takes effect, but its answer is lost. */
  | { kind: 'lose-answer' }
  /** The call takes effect, and then the process is dead: this and all later calls fail and do nothing. */
  | { kind: 'crash-after' };

/** A call as a {@link FaultTransport} saw it. */
export interface SeenCall {
  /** Counts from 1 within the scope; `write` counts only what is no GET. */
  readonly index: number;
  readonly write: number;
  /** What `scopeOf` said; empty without it. */
  readonly scope: string;
  readonly method: TransportRequest['method'];
  readonly path: string;
  readonly query: TransportRequest['query'];
  readonly body: unknown;
}

/** A transport that remembers its calls and breaks those it is told to. */
export interface FaultTransport extends Transport {
  readonly calls: readonly SeenCall[];
  /** Only what is no GET. */
  readonly writes: readonly SeenCall[];
  readonly crashed: boolean;
  /** Scopes that are dead. */
  readonly crashedScopes: ReadonlySet<string>;
  /** From now on nothing gets through, as though the process had been killed. */
  crash(): void;
}

/** Options of {@link createFaultTransport}. */
export interface FaultOptions {
  /**
   * Divides the calls: counts, and the death of `crash-after`, stay within one scope. With a scope per key of a controller, one
   * process dies for each key at another moment, so that one run tries many crashes. Default: all calls are one scope.
   */
  scopeOf?: (request: TransportRequest) => string;
}

interface Counts {
  calls: number;
  writes: number;
}

/**
 * Wraps a transport. `plan` is asked before each call. Use it to crash after write k for every k of a reference run, or to answer
 * call k with 409, 429, 500 or a lost connection, and compare where the world ends up.
 */
export function createFaultTransport(
  inner: Transport,
  plan: (call: SeenCall) => Fault | undefined = () => undefined,
  options: FaultOptions = {},
): FaultTransport {
  const { scopeOf = () => '' } = options;
  const calls: SeenCall[] = [];
  const writes: SeenCall[] = [];
  const counts = new Map<string, Counts>();
  const crashedScopes = new Set<string>();
  let dead = false;
  const lost = ({ method, path }: TransportRequest): KubeError =>
    new KubeError(`${method} ${path}: injected: connection lost`, { code: 'KUBE_UNREACHABLE' });

  const note = (request: TransportRequest, scope: string): SeenCall => {
    const { method, path, query, body } = request;
    const count = counts.get(scope) ?? { calls: 0, writes: 0 };
    counts.set(scope, count);
    count.calls += 1;
    if (method !== 'GET') count.writes += 1;
    const call: SeenCall = { index: count.calls, write: count.writes, scope, method, path, query, body };
    calls.push(call);
    if (method !== 'GET') writes.push(call);
    return call;
  };

  const begin = (request: TransportRequest): { scope: string; fault: Fault | undefined } => {
    const scope = scopeOf(request);
    if (dead || crashedScopes.has(scope)) throw lost(request);
    const fault = plan(note(request, scope));
    if (fault?.kind === 'refuse') throw fault.error;
    return { scope, fault };
  };

  return {
    calls,
    writes,
    crashedScopes,
    get crashed() {
      return dead || crashedScopes.size > 0;
    },
    crash() {
      dead = true;
    },
    async request<T>(request: TransportRequest): Promise<T> {
      const { scope, fault } = begin(request);
      const answer = await inner.request<T>(request);
      if (fault) {
        if (fault.kind === 'crash-after') crashedScopes.add(scope);
        throw lost(request);
      }
      return answer;
    },
    async stream(request) {
      begin(request);
      return inner.stream(request);
    },
    close: () => inner.close(),
  };
}
