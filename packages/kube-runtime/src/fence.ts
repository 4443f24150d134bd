import { hasCode, KubeError } from './errors.ts';
import type { Transport, TransportRequest } from './transport.ts';

/** How often writes under way are looked at: far less than an elector's margin. */
const LOOK_MS = 250;

/**
 * A transport that refuses every request but GET with KUBE_FENCED unless `mayWrite()` holds. It is asked when the call is made and
 * again when each attempt is written to its connection, so a write that waited for the rate limit, a Retry-After or a connection while
 * the lease ran out stays home. Writes under way when `mayWrite()` ends are broken off, and a network that held them up does not
 * deliver them later. What the server has received cannot be called back: the elector's margin (lease duration minus renew
 * deadline) is for that.
 */
export function fenceWrites(transport: Transport, mayWrite: () => boolean): Transport {
  const underWay = new Map<AbortController, TransportRequest>();
  let looking: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (mayWrite()) return;
    for (const [broken, request] of underWay) broken.abort(fenced(request, 'broken off'));
  };
  const enter = (broken: AbortController, request: TransportRequest): void => {
    underWay.set(broken, request);
    looking ??= setInterval(look, LOOK_MS);
  };
  const leave = (broken: AbortController): void => {
    underWay.delete(broken);
    if (underWay.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  };

  const write = async <T>(request: TransportRequest): Promise<T> => {
    const guard = (): void => {
      request.guard?.();
      if (!mayWrite()) throw fenced(request, 'not sent');
    };
    guard();
    const broken = new AbortController();
    const outer = request.signal;
    const abort = (): void => broken.abort(outer?.reason);
    if (outer?.aborted) abort();
    else outer?.addEventListener('abort', abort, { once: true });
    enter(broken, request);
    try {
      return await transport.request<T>({ ...request, guard, signal: broken.signal });
    } catch (error) {
      const reason: unknown = broken.signal.reason;
      throw hasCode(reason, 'KUBE_FENCED') ? reason : error;
    } finally {
      leave(broken);
      outer?.removeEventListener('abort', abort);
    }
  };
  return {
    request: <T>(request: TransportRequest) =>
      request.method === 'GET' ? transport.request<T>(request) : write<T>(request),
    stream: (request) => transport.stream(request),
    close: () => transport.close(),
  };
}

const fenced = ({ method, path }: TransportRequest, what: string): KubeError =>
  new KubeError(`${method} ${path}: ${what}, the lease may be lost`, { code: 'KUBE_FENCED' });
