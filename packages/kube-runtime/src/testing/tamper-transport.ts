import { KubeError } from '../errors.ts';
import type { StreamRequest, Transport, TransportRequest } from '../transport.ts';
import type { KubeObject } from '../types.ts';

/** One page of a list, as it came over the wire. */
export interface ListPage {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: KubeObject[] | null;
}

/** One event of a watch, as it came over the wire. */
export interface RawEvent {
  type: string;
  object: KubeObject;
}

/** What is done to the reads of a reflector. Each part may be left out. */
export interface ReadTamper {
  /** May change the request of a list's page, or throw. */
  ask?: (request: TransportRequest) => TransportRequest;
  /** May change a list's page, or give another. */
  page?: (request: TransportRequest, page: ListPage) => ListPage;
  /** What the watcher sees instead of one event: nothing, it, or several. A promise holds the watch back until it resolves. */
  event?: (request: StreamRequest, event: RawEvent) => readonly RawEvent[] | Promise<readonly RawEvent[]>;
}

/** A transport that lies about what is there, and whose watches can be broken. */
export interface TamperTransport extends Transport {
  /** Ends every open watch with this error; default: 410, after which a reflector lists anew. */
  breakWatches(error?: KubeError): void;
  readonly openWatches: number;
}

/** What a server says to a watcher that comes with too old a version. */
export function expired(): KubeError {
  return new KubeError('injected: too old resource version', { code: 'KUBE_EXPIRED', status: 410 });
}

/**
 * Wraps a transport and tampers with lists (GETs whose answer has items) and watches. Everything else passes: what a program writes,
 * and what it reads one by one, is the truth.
 */
export function createTamperTransport(inner: Transport, tamper: ReadTamper): TamperTransport {
  const open = new Set<AbortController>();
  const { ask = (request: TransportRequest) => request, page = (_request, body) => body } = tamper;
  const change = tamper.event ?? ((_request: StreamRequest, event: RawEvent): RawEvent[] => [event]);

  async function* tampered(request: StreamRequest, abort: AbortController): AsyncGenerator<unknown> {
    const { signal: outer } = request;
    const signal = outer === undefined ? abort.signal : AbortSignal.any([outer, abort.signal]);
    try {
      for await (const event of await inner.stream({ ...request, signal }))
        yield* await Promise.race([change(request, event as RawEvent), rejection(abort.signal)]);
    } catch (error) {
      throw abort.signal.aborted ? abort.signal.reason : error;
    } finally {
      open.delete(abort);
    }
  }

  return {
    get openWatches() {
      return open.size;
    },
    breakWatches(error = expired()) {
      for (const abort of open) abort.abort(error);
    },
    async request<T>(request: TransportRequest): Promise<T> {
      if (request.method !== 'GET') return inner.request<T>(request);
      const answer = await inner.request<T>(ask(request));
      return isPage(answer) ? (page(request, answer) as T) : answer;
    },
    async stream(request) {
      const abort = new AbortController();
      open.add(abort);
      return tampered(request, abort);
    },
    close: () => inner.close(),
  };
}

const isPage = (answer: unknown): answer is ListPage =>
  typeof answer === 'object' && answer !== null && 'items' in answer && !('spec' in answer);

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as KubeError);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
