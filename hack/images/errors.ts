/** A failure of the local tools, with a code for scripts and a sentence for people. */
export class ToolError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ToolError';
    this.code = code;
  }
}
