import { StringDecoder } from 'node:string_decoder';
import type { Dispatcher } from 'undici';

/** A whole answer. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** What may end an exchange before its answer is there. */
export interface ExchangeLimits {
  signal: AbortSignal;
  /**
   * Asked when the request is written to its connection; nothing goes out when it throws. Between a call and that moment a connection may
   * have to be made, which takes long enough for a process to be frozen, a lease to run out and another to lead.
   */
  guard?: (() => void) | undefined;
}

/**
 * Sends one request and reads the whole of its answer, with undici's own reader of it and no stream in between, which would cost as
 * much as all the rest of a small request. Rejects with the signal's reason when that aborts, with what `guard` throws, else with
 * undici's errors.
 */
export function exchange(
  agent: Dispatcher,
  options: Dispatcher.DispatchOptions,
  { signal, guard }: ExchangeLimits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    let connection: Dispatcher.DispatchController | undefined;
    let [statusCode, headers]: [number, Answer['headers']] = [0, {}];
    const decoder = new StringDecoder('utf8');
    let text = '';
    const abort = (): void => {
      connection?.abort(signal.reason as Error);
      reject(signal.reason as Error);
    };
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abort);
      reject(error);
    };
    signal.addEventListener('abort', abort, { once: true });
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        connection = controller;
        if (signal.aborted) return abort();
        guard?.();
      },
      onResponseStart(_controller, status, received) {
        [statusCode, headers] = [status, received];
      },
      onResponseData(_controller, part) {
        // Decoded as it comes: a long list's buffers need not all be held until its end.
        text += decoder.write(part);
      },
      onResponseEnd() {
        signal.removeEventListener('abort', abort);
        resolve({ statusCode, headers, text: text + decoder.end() });
      },
      onResponseError: (_controller, error) => fail(error),
    };
    try {
      agent.dispatch(options, handler);
    } catch (error) {
      fail(error as Error);
    }
  });
}
