/** A failure that a person can do something about: `message` is one sentence that says what, shown without a stack. */
export class CliError extends Error {
  readonly code: string;

  constructor(code: `LUNA_${string}`, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliError';
    this.code = code;
  }
}

/** The innermost sentence of an error and its causes: `fetch failed` alone says nothing, its cause says "connection refused". */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CliError) return error.message;
  if (error.name === 'TimeoutError') return 'no answer in time';
  if (error instanceof AggregateError && error.errors.length > 0) return sentenceOf(error.errors[0]);
  return error.cause instanceof Error ? sentenceOf(error.cause) : error.message;
}
