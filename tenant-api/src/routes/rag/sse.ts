import { isLunaError, toProblem } from '@luna-iems/service-kit';

/** One server-sent event with a JSON body. */
export function sseEvent(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** What a stream says when it breaks after it has begun: the status line is already sent. */
export function sseError(error: unknown): string {
  const { code, status } = toProblem(error);
  const detail = isLunaError(error) && status < 500 ? error.message : 'The answer broke off. Ask again.';
  return sseEvent('error', { code, status, detail });
}
