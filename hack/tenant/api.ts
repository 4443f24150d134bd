import { CliError, sentenceOf } from './errors.ts';

/** One request to the tenant's API. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: FormData | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Until the answer's head has come and, with `json`, its body too. */
  readonly timeoutMs?: number;
}

/** The tenant's HTTP API. Answers other than 2xx become a CliError with the problem's own sentence. */
export interface Api {
  readonly baseUrl: string;
  send(path: string, call?: Call): Promise<Response>;
  json<T>(path: string, call?: Call): Promise<T>;
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
}

/** The server's answer to a refused request; `retryAfterSeconds` where it asks to come back later. */
export class ApiError extends CliError {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, problem: Problem, retryAfter: string | null) {
    const known = problem.code?.startsWith('LUNA_') === true ? (problem.code as `LUNA_${string}`) : 'LUNA_API_REFUSED';
    const sentence = problem.detail ?? problem.title ?? 'no reason given';
    super(known, `${sentence} (HTTP ${status}${problem.code === undefined ? '' : `, ${problem.code}`})`);
    this.status = status;
    const seconds = Number(retryAfter);
    this.retryAfterSeconds = retryAfter !== null && Number.isFinite(seconds) ? seconds : undefined;
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '');
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { title: text.slice(0, 200).trim() || response.statusText };
  }
}

/** A client for one tenant's API; without a key only `/health` and `/metrics` answer. */
export function createApi(baseUrl: string, apiKey: string | undefined): Api {
  const base = baseUrl.replace(/\/+$/, '');
  const send = async (path: string, call: Call = {}): Promise<Response> => {
    const response = await fetch(`${base}${path}`, {
      method: call.method ?? 'GET',
      headers: { ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }), ...call.headers },
      signal: AbortSignal.timeout(call.timeoutMs ?? 15_000),
      ...(call.body === undefined ? {} : { body: call.body }),
    }).catch((error: unknown) => {
      throw new CliError('LUNA_API_UNREACHABLE', `The tenant's API does not answer: ${sentenceOf(error)}.`, error);
    });
    if (!response.ok)
      throw new ApiError(response.status, await problemOf(response), response.headers.get('retry-after'));
    return response;
  };
  return {
    baseUrl: base,
    send,
    json: async <T>(path: string, call?: Call) => (await (await send(path, call)).json()) as T,
  };
}
