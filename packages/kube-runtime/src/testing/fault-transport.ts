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
  /** Counts from 1; `write` counts only what is no GET. */
  readonly index: number;
  readonly write: number;
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
}

/**
 * Wraps a transport. `plan` is asked before each call. Use it to crash after write k for every k of a reference run, or to answer
 * call k with 409, 429, 500 or a lost connection, and compare where the world ends up.
 */
export function createFaultTransport(
  inner: Transport,
  plan: (call: SeenCall) => Fault | undefined = () => undefined,
): FaultTransport {
  const calls: SeenCall[] = [];
  let crashed = false;
  const lost = (call: SeenCall): KubeError =>
    new KubeError(`${call.method} ${call.path}: injected: connection lost`, { code: 'KUBE_UNREACHABLE' });

  const begin = (request: TransportRequest): { call: SeenCall; fault: Fault | undefined } => {
    const { method, path, query, body } = request;
    const write = calls.filter((call) => call.method !== 'GET').length + (method === 'GET' ? 0 : 1);
    const call: SeenCall = { index: calls.length + 1, write, method, path, query, body };
    if (crashed) throw lost(call);
    calls.push(call);
    const fault = plan(call);
    if (fault?.kind === 'refuse') throw fault.error;
    return { call, fault };
  };

  return {
    calls,
    get writes() {
      return calls.filter((call) => call.method !== 'GET');
    },
    get crashed() {
      return crashed;
    },
    async request<T>(request: TransportRequest): Promise<T> {
      const { call, fault } = begin(request);
      const answer = await inner.request<T>(request);
      if (fault) {
        crashed ||= fault.kind === 'crash-after';
        throw lost(call);
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
