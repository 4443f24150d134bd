import { KubeError } from './errors.ts';
import type { Transport, TransportRequest } from './transport.ts';

/**
 * A transport that refuses every request but GET with KUBE_FENCED unless `mayWrite()` holds. It is asked when the call is made and
 * again just before each attempt leaves, so a write that waited for the rate limit or a Retry-After while the lease ran out stays
 * home. A write that has left cannot be called back: the elector's margin (lease duration minus renew deadline) is for those.
 */
export function fenceWrites(transport: Transport, mayWrite: () => boolean): Transport {
  const guarded = (request: TransportRequest): TransportRequest => {
    if (request.method === 'GET') return request;
    const guard = (): void => {
      request.guard?.();
      if (!mayWrite())
        throw new KubeError(`${request.method} ${request.path}: not sent, the lease may be lost`, {
          code: 'KUBE_FENCED',
        });
    };
    guard();
    return { ...request, guard };
  };
  return {
    request: async <T>(request: TransportRequest): Promise<T> => transport.request<T>(guarded(request)),
    stream: (request) => transport.stream(request),
    close: () => transport.close(),
  };
}
