import { errors as undiciErrors, type Dispatcher } from 'undici';
import { createBearer, type Bearer } from './bearer.ts';
import { systemClock, type Clock } from './clock.ts';
import type { ConnectionConfig } from './connection-config.ts';
import { createConnectionPool } from './connection-pool.ts';
import { exchange, type Answer } from './exchange.ts';
import { errorFromStatus, hasCode, KubeError } from './errors.ts';
import type { RuntimeMetrics } from './metrics.ts';
import { parseNdjson } from './ndjson.ts';
import { createTokenBucket } from './token-bucket.ts';

/** One call to the API server. */
export interface TransportRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path, e.g. `/api/v1/namespaces`. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Default `application/json`. */
  contentType?: string;
  accept?: string;
  /**
   * Milliseconds the server may be silent: before its answer, and between the parts of it. The whole call takes at most 30 s more
   * than this. For streams it counts until the headers only. Default 30 000.
   */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** Called before each attempt, after any waiting, and (but for streams) when it is written to its connection; what it throws ends the call. */
  guard?: () => void;
}

/** A {@link TransportRequest} whose answer is a stream of JSON values. */
export interface StreamRequest extends TransportRequest {
  /** Milliseconds of silence after which the stream ends with KUBE_TIMEOUT. Default 150 000. */
  inactivityMs?: number;
}

/** The only way to the API server. Wrap it to count, to fence or to inject faults. */
export interface Transport {
  /** Sends one request and gives the parsed body. Throws KubeError only. */
  request<T = unknown>(request: TransportRequest): Promise<T>;
  /**
   * Sends one request and gives the values of its body until the server ends it. Throws KubeError only, also while iterating. What
   * it gives must be iterated; leaving the loop closes the connection.
   */
  stream(request: StreamRequest): Promise<AsyncIterable<unknown>>;
  /** Closes all connections; requests under way fail. */
  close(): Promise<void>;
}

/** Dependencies of {@link createTransport}. */
export interface TransportDeps {
  config: ConnectionConfig;
  userAgent?: string;
  /** Requests a second over time; default 50. */
  qps?: number;
  /** Requests at once; default 100. */
  burst?: number;
  metrics?: RuntimeMetrics;
  clock?: Clock;
}

const defaultTimeoutMs = 30_000;
const defaultInactivityMs = 150_000;
const maxRetries = 5;
const longestRetryAfterSeconds = 30;

/**
 * A transport with one pool of kept-alive connections.
 *
 * Guarantees: every call ends within its timeout (times the retries below); bodies go out and come in as plain JSON; a 401 is tried
 * once more with fresh credentials when they come from a file or plug-in; a 429 or 5xx that carries Retry-After is tried again up
 * to five times (waiting at most 30 s each); a GET whose kept-alive connection turned out dead is tried once more. Nothing else is
 * retried: the caller knows whether its write may be repeated. A call that was broken off (by its signal or its timeout) does not reach
 * the server later, even if the network held it up: its connection is reset. (The server may have received it before.)
 *
 * The rate limit counts all calls of this transport. A leader elector must have a transport of its own, or a busy operator may
 * delay the renewal of its lease.
 */
export function createTransport(deps: TransportDeps): Transport {
  const { config, metrics, clock = systemClock, userAgent = 'kube-runtime' } = deps;
  const server = new URL(config.server);
  const basePath = server.pathname.replace(/\/$/, '');
  const bearer = createBearer(config, clock);
  const bucket = createTokenBucket({ qps: deps.qps ?? 50, burst: deps.burst ?? 100, clock });
  const pool = createConnectionPool(config);

  const count = createRequestCounter(metrics, server.host);

  /** One attempt, however its answer is read. */
  const attempt = async <T extends { statusCode: number }>(
    request: StreamRequest,
    how: { signal: AbortSignal; bodyTimeout: number },
    via: (options: Dispatcher.RequestOptions) => Promise<T>,
  ): Promise<T> => {
    const { signal, bodyTimeout } = how;
    await bucket.take(signal);
    if (signal.aborted) throw signal.reason;
    const authorization = await bearer.header();
    request.guard?.();
    const answer = await via({
      origin: server.origin,
      path: basePath + pathWithQuery(request),
      method: request.method,
      headers: headersOf(request, userAgent, authorization),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      headersTimeout: request.timeoutMs ?? defaultTimeoutMs,
      bodyTimeout,
    });
    count(String(answer.statusCode), request.method);
    return answer;
  };

  /** Attempts until one goes well, or its failure is final. */
  const send = async <T>(request: StreamRequest, signal: AbortSignal, once: () => Promise<T>): Promise<T> => {
    const mayRetry = createRetryPolicy(request, { bearer, clock, signal });
    for (;;) {
      try {
        return await once();
      } catch (cause) {
        const error = asKubeError(cause, request, signal);
        if (hasCode(error, 'KUBE_UNREACHABLE', 'KUBE_TIMEOUT')) count('<error>', request.method);
        if (isSilence(cause)) pool.startAfresh();
        if (!(await mayRetry(error))) throw error;
      }
    }
  };

  const whole = async (request: TransportRequest, signal: AbortSignal, bodyTimeout: number): Promise<Answer> => {
    const { guard } = request;
    const answer = await attempt(request, { signal, bodyTimeout }, (options) =>
      exchange(pool.agent(), options, { signal, guard }),
    );
    if (answer.statusCode >= 400) throw asError(request, answer);
    return answer;
  };

  const opened = async (
    request: StreamRequest,
    signal: AbortSignal,
    bodyTimeout: number,
  ): Promise<Dispatcher.ResponseData> => {
    const answer = await attempt(request, { signal, bodyTimeout }, (options) =>
      pool.agent().request({ ...options, signal }),
    );
    const { statusCode, headers } = answer;
    if (statusCode >= 400) throw asError(request, { statusCode, headers, text: await answer.body.text() });
    return answer;
  };

  return {
    async request<T>(request: TransportRequest): Promise<T> {
      const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
      // Waiting as told by Retry-After is not the server being slow: the limit leaves room for it.
      const limit = createLimit(timeoutMs + longestRetryAfterSeconds * 1000, request.signal);
      try {
        const { text } = await send(request, limit.signal, () => whole(request, limit.signal, timeoutMs));
        return parseBody(text, request) as T;
      } catch (cause) {
        throw asKubeError(cause, request, limit.signal);
      } finally {
        limit.end();
      }
    },

    async stream(request) {
      const limit = createLimit(undefined, request.signal);
      try {
        const inactivityMs = request.inactivityMs ?? defaultInactivityMs;
        const answer = await send(request, limit.signal, () => opened(request, limit.signal, inactivityMs));
        return streamBody(answer, request, { limit, onSilence: () => pool.startAfresh() });
      } catch (cause) {
        limit.end();
        throw asKubeError(cause, request, limit.signal);
      }
    },

    close: () => pool.close(),
  };
}

/** Decides, after each failure, whether the same call is sent again; waits first where the server asked for it. */
function createRetryPolicy(
  request: TransportRequest,
  deps: { bearer: Bearer; clock: Clock; signal: AbortSignal },
): (error: KubeError) => Promise<boolean> {
  let retries = 0;
  let hasReauthenticated = false;
  let hasReconnected = false;
  return async (error) => {
    retries += 1;
    if (retries > maxRetries || deps.signal.aborted) return false;
    if (hasCode(error, 'KUBE_UNAUTHORIZED') && !hasReauthenticated) {
      hasReauthenticated = true;
      return deps.bearer.refresh();
    }
    if (request.method === 'GET' && isDeadConnection(error.cause) && !hasReconnected) {
      hasReconnected = true;
      return true;
    }
    if (!mayRetryLater(error)) return false;
    await deps.clock.sleep(error.retryAfterSeconds * 1000, deps.signal);
    return !deps.signal.aborted;
  };
}

interface Limit {
  readonly signal: AbortSignal;
  end(): void;
}

/** The caller's signal and a time limit as one signal. `end` detaches it: a long-lived caller's signal must not collect listeners. */
function createLimit(ms: number | undefined, outer: AbortSignal | undefined): Limit {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new KubeError('aborted', { code: 'KUBE_ABORTED', cause: outer?.reason }));
  const timer =
    ms === undefined
      ? undefined
      : setTimeout(() => controller.abort(new KubeError(`no answer within ${ms} ms`, { code: 'KUBE_TIMEOUT' })), ms);
  if (outer?.aborted) abort();
  else outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}

async function* streamBody(
  answer: Dispatcher.ResponseData,
  request: StreamRequest,
  how: { limit: Limit; onSilence: () => void },
): AsyncGenerator<unknown> {
  const { limit } = how;
  try {
    yield* parseNdjson(answer.body as AsyncIterable<Uint8Array>);
  } catch (cause) {
    if (isSilence(cause)) how.onSilence();
    throw asKubeError(cause, request, limit.signal);
  } finally {
    limit.end();
    answer.body.on('error', () => undefined).destroy();
  }
}

/** Counts requests; the labels' lookup in the registry is done once for each. */
function createRequestCounter(
  metrics: RuntimeMetrics | undefined,
  host: string,
): (code: string, method: TransportRequest['method']) => void {
  const counters = new Map<string, { inc(): void }>();
  return (code, method) => {
    const key = `${code} ${method}`;
    const known = counters.get(key) ?? metrics?.restRequests.labels({ code, method, host });
    if (known === undefined) return;
    counters.set(key, known);
    known.inc();
  };
}

function pathWithQuery(request: TransportRequest): string {
  const query = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return query.length === 0 ? request.path : `${request.path}?${query.join('&')}`;
}

function headersOf(
  request: TransportRequest,
  userAgent: string,
  authorization: string | undefined,
): Record<string, string> {
  return {
    accept: request.accept ?? 'application/json',
    'user-agent': userAgent,
    ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
    ...(authorization ? { authorization } : {}),
  };
}

const describe = (request: TransportRequest): string => `${request.method} ${request.path}`;

function parseBody(text: string, request: TransportRequest): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KubeError(`${describe(request)}: the answer is not JSON`, { code: 'KUBE_PROTOCOL', cause });
  }
}

function asError(request: TransportRequest, { statusCode, headers, text }: Answer): KubeError {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = { message: text.slice(0, 300) };
  }
  const header = headers['retry-after'];
  const seconds = Number(Array.isArray(header) ? header[0] : header);
  const retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  return errorFromStatus(describe(request), body, { status: statusCode, retryAfterSeconds });
}

function mayRetryLater(error: KubeError): error is KubeError & { retryAfterSeconds: number } {
  const { retryAfterSeconds } = error;
  return (
    hasCode(error, 'KUBE_THROTTLED', 'KUBE_SERVER') &&
    retryAfterSeconds !== undefined &&
    retryAfterSeconds <= longestRetryAfterSeconds
  );
}

function isDeadConnection(cause: unknown): boolean {
  return cause instanceof undiciErrors.SocketError || (cause as { code?: unknown } | undefined)?.code === 'ECONNRESET';
}

function isSilence(cause: unknown): boolean {
  return cause instanceof undiciErrors.HeadersTimeoutError || cause instanceof undiciErrors.BodyTimeoutError;
}

function asKubeError(cause: unknown, request: TransportRequest, signal: AbortSignal): KubeError {
  if (cause instanceof KubeError && cause !== signal.reason) return cause;
  const what = describe(request);
  if (signal.aborted && signal.reason instanceof KubeError) {
    return new KubeError(`${what}: ${signal.reason.message}`, { code: signal.reason.code, cause: signal.reason.cause });
  }
  if (isSilence(cause)) {
    return new KubeError(`${what}: the server fell silent`, { code: 'KUBE_TIMEOUT', cause });
  }
  const said = cause instanceof Error ? cause.message || (cause as { code?: string }).code : String(cause);
  return new KubeError(`${what}: ${said}`, { code: 'KUBE_UNREACHABLE', cause });
}
