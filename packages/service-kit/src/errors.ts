export interface LunaErrorOptions {
  /** What made it happen; kept for logs, never shown to HTTP callers. */
  readonly cause?: unknown;
  /** The HTTP status this error becomes at the edge; 500 when not given. */
  readonly status?: number;
  /** Small machine-readable facts that may be shown to the caller (never secrets). */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error that a caller or an operator can act on: a stable code (`LUNA_…`), a sentence, a cause. */
export class LunaError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, message: string, options: LunaErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LunaError';
    this.code = code;
    this.status = options.status ?? 500;
    this.details = options.details;
  }
}

/** True for a LunaError, of the given code when one is named. */
export function isLunaError(error: unknown, code?: string): error is LunaError {
  return error instanceof LunaError && (code === undefined || error.code === code);
}

/** The stable code an error carries (LunaError, Node system error, SQLSTATE, undici), if any. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

const MAX_CAUSES = 5;

/** One line that says what went wrong, outermost first, causes after a colon. */
export function errorMessage(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && current !== undefined && current !== null; depth += 1) {
    const text = describe(current);
    if (text !== '' && !parts.some((part) => part.includes(text))) parts.push(text);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(': ') || 'unknown error';
}

function describe(value: unknown): string {
  // Node's dual-stack connection failure has an empty message and the facts in `errors`.
  if (value instanceof AggregateError && value.message === '') return value.errors.map(describe).join('; ');
  if (value instanceof Error) return value.message || (errorCode(value) ?? value.name);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
