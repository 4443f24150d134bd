/** Stable codes; the comment says which answers carry them. */
export type KubeErrorCode =
  | 'KUBE_CONFIG' // kubeconfig or service account cannot be read
  | 'KUBE_UNREACHABLE' // no connection, or it broke
  | 'KUBE_TIMEOUT' // our own time limit
  | 'KUBE_ABORTED' // the caller's signal
  | 'KUBE_BAD_REQUEST' // any 4xx not named below
  | 'KUBE_UNAUTHORIZED' // 401
  | 'KUBE_FORBIDDEN' // 403
  | 'KUBE_NOT_FOUND' // 404
  | 'KUBE_ALREADY_EXISTS' // 409 with reason AlreadyExists
  | 'KUBE_CONFLICT' // any other 409
  | 'KUBE_EXPIRED' // 410
  | 'KUBE_INVALID' // 422
  | 'KUBE_THROTTLED' // 429
  | 'KUBE_SERVER' // 5xx
  | 'KUBE_PROTOCOL' // an answer that is not what the API promises
  | 'KUBE_UNKNOWN_KIND' // a kind outside the client's table
  | 'KUBE_FENCED'; // a write refused because the lease is not provably held

/** What a {@link KubeError} knows beside its message. */
export interface KubeErrorDetails {
  code: KubeErrorCode;
  status?: number | undefined;
  reason?: string | undefined;
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/** Everything this package throws at run time, but for {@link TerminalError}. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: KubeErrorCode;
  /** HTTP status; undefined when no answer arrived. */
  readonly status: number | undefined;
  /** The API server's own `Status.reason`, e.g. `AlreadyExists`. */
  readonly reason: string | undefined;
  /** What the server asked for in Retry-After. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, details: KubeErrorDetails) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.status = details.status;
    this.reason = details.reason;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** Thrown by a reconcile that no retry can help; the key rests until something enqueues it again. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** Whether this is a KubeError with one of these codes. */
export function hasCode<C extends KubeErrorCode>(error: unknown, ...codes: C[]): error is KubeError & { code: C } {
  return error instanceof KubeError && (codes as KubeErrorCode[]).includes(error.code);
}

const codesByStatus: Readonly<Record<number, KubeErrorCode>> = {
  401: 'KUBE_UNAUTHORIZED',
  403: 'KUBE_FORBIDDEN',
  404: 'KUBE_NOT_FOUND',
  409: 'KUBE_CONFLICT',
  410: 'KUBE_EXPIRED',
  422: 'KUBE_INVALID',
  429: 'KUBE_THROTTLED',
};

/** The code for an HTTP status and a `Status.reason`. */
export function codeForStatus(status: number, reason?: string): KubeErrorCode {
  if (status === 409 && reason === 'AlreadyExists') return 'KUBE_ALREADY_EXISTS';
  return codesByStatus[status] ?? (status >= 500 ? 'KUBE_SERVER' : 'KUBE_BAD_REQUEST');
}

interface StatusBody {
  message?: unknown;
  reason?: unknown;
  code?: unknown;
}

/** Reads a `Status` object (an error's body, or a watch's ERROR event). `what` names the call. */
export function errorFromStatus(
  what: string,
  body: unknown,
  http: { status?: number; retryAfterSeconds?: number | undefined } = {},
): KubeError {
  const said: StatusBody = typeof body === 'object' && body !== null ? body : {};
  const status = http.status ?? (typeof said.code === 'number' ? said.code : 500);
  const reason = typeof said.reason === 'string' ? said.reason : undefined;
  const message = typeof said.message === 'string' ? said.message : `HTTP ${status}`;
  const { retryAfterSeconds } = http;
  return new KubeError(`${what}: ${message}`, {
    code: codeForStatus(status, reason),
    status,
    reason,
    retryAfterSeconds,
  });
}
