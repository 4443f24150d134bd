import { LunaError, errorCode, errorMessage } from './errors.ts';

export type HttpErrorCode =
  | 'LUNA_HTTP_UNREACHABLE'
  | 'LUNA_HTTP_TIMEOUT'
  | 'LUNA_HTTP_STATUS'
  | 'LUNA_HTTP_ABORTED'
  | 'LUNA_HTTP_TOO_LARGE'
  | 'LUNA_HTTP_BODY';

export interface HttpErrorFacts {
  /** Name of the called service, for messages. */
  readonly service: string;
  readonly cause?: unknown;
  /** What the service answered, if it did. */
  readonly upstreamStatus?: number;
  /** The beginning of its answer, for the log and for callers that understand it. */
  readonly responseText?: string;
  readonly retryAfterMs?: number | undefined;
}

const STATUS: Readonly<Record<HttpErrorCode, number>> = {
  LUNA_HTTP_UNREACHABLE: 503,
  LUNA_HTTP_TIMEOUT: 504,
  LUNA_HTTP_STATUS: 502,
  LUNA_HTTP_ABORTED: 503,
  LUNA_HTTP_TOO_LARGE: 502,
  LUNA_HTTP_BODY: 502,
};

/** A call to another service that failed; `status` is what our own caller gets, `upstreamStatus` what we got. */
export class HttpError extends LunaError {
  readonly service: string;
  readonly upstreamStatus: number | undefined;
  readonly responseText: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: HttpErrorCode, message: string, facts: HttpErrorFacts) {
    super(code, message, {
      cause: facts.cause,
      status: STATUS[code],
      details: {
        service: facts.service,
        ...(facts.upstreamStatus === undefined ? {} : { upstreamStatus: facts.upstreamStatus }),
      },
    });
    this.name = 'HttpError';
    this.service = facts.service;
    this.upstreamStatus = facts.upstreamStatus;
    this.responseText = facts.responseText;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const BUSY = new Set([429, 502, 503, 504]);

/** True when the request cannot have reached the service, so that sending it again repeats nothing. */
export function neverArrived(error: unknown): boolean {
  const cause = error instanceof HttpError ? error.cause : error;
  if (cause instanceof AggregateError) return cause.errors.every(neverArrived);
  return NEVER_CONNECTED.has(errorCode(cause) ?? '');
}

/** Whether one more try is right: always when it never arrived or the service said 503; else only for idempotent requests. */
export function isRetryableHttpError(error: unknown, idempotent: boolean): boolean {
  if (!(error instanceof HttpError)) return false;
  if (neverArrived(error) || error.upstreamStatus === 503) return true;
  if (!idempotent) return false;
  return (
    error.code === 'LUNA_HTTP_UNREACHABLE' || error.code === 'LUNA_HTTP_TIMEOUT' || BUSY.has(error.upstreamStatus ?? 0)
  );
}

export interface FailureContext {
  readonly service: string;
  /** `GET /path`, for the message. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly callerSignal: AbortSignal | undefined;
  readonly timedOut: boolean;
}

/** Turns whatever undici threw into a coded error. */
export function httpFailure(error: unknown, context: FailureContext): HttpError {
  const { service, what } = context;
  if (error instanceof HttpError) return error;
  if (context.callerSignal?.aborted === true) {
    return new HttpError('LUNA_HTTP_ABORTED', `${service}: ${what} was given up`, { service, cause: error });
  }
  if (context.timedOut || TIMEOUTS.has(errorCode(error) ?? '')) {
    return new HttpError('LUNA_HTTP_TIMEOUT', `${service}: ${what} gave no answer within ${context.timeoutMs} ms`, {
      service,
      cause: error,
    });
  }
  return new HttpError('LUNA_HTTP_UNREACHABLE', `${service}: ${what} failed: ${errorMessage(error)}`, {
    service,
    cause: error,
  });
}

/** `Retry-After` in ms: seconds or an HTTP date; undefined when absent or nonsense. */
export function parseRetryAfter(value: string | string[] | undefined, nowMs: number): number | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
