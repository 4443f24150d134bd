/** A failure of the local tools: a stable code for scripts, and a message that begins with it and is a sentence for people. */
export class ToolError extends Error {
  readonly code: string;

  constructor(code: `LUNA_${string}`, sentence: string, cause?: unknown) {
    super(`${code}: ${sentence}`, cause === undefined ? undefined : { cause });
    this.name = 'ToolError';
    this.code = code;
  }
}

/** What a person should read of an error: its message and those of its causes, a line each, but none that only repeats. */
export function explain(error: unknown): string {
  const lines: string[] = [];
  for (let each = error; each !== undefined; each = each instanceof Error ? each.cause : undefined) {
    const message = each instanceof Error ? each.message : JSON.stringify(each);
    if (!lines.some((line) => line.includes(message))) lines.push(message);
  }
  return lines.join('\n');
}
